"""What managers decide on one ticket: no deadlines, another policy, an excused breach."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from calendars.models import CalendarVersion
from calendars.versions import current_version_ids
from core.events import emit
from core.text import clean_line
from sla.case import Case
from sla.events import ClockVoided
from sla.following import follow
from sla.models import Coverage, SlaClock, SlaPolicy
from sla.plan import Planned
from sla.saving import append, show
from sla.storing import ledgers_of
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.models import Event, Ticket

MAX_REASON = 120


@transaction.atomic
def exclude_ticket(ticket: Ticket, *, reason: str, actor: Actor, now: datetime) -> Ticket:
    """Take a ticket out of all deadlines, for a reason that is shown; "" brings it back (R102).

    Raises ValidationError when there is nothing to change.
    """
    reason = clean_line(reason, MAX_REASON)
    ticket = lock_ticket(ticket)
    before = _coverage(ticket).case["excluded_by_hand"]
    if before == reason:
        raise ValidationError(_("Write why this ticket has no deadlines."))
    return _record(ticket, "sla_exclusion", before, reason, actor=actor, now=now)


@transaction.atomic
def pin_policy(ticket: Ticket, *, policy: SlaPolicy | None, actor: Actor, now: datetime) -> Ticket:
    """Put a ticket under a policy by hand or by a routing rule; None lets the list decide again."""
    ticket = lock_ticket(ticket)
    case = _coverage(ticket).case
    before = {"id": case["policy"]} if case["is_pinned"] else None
    after = {"id": policy.pk, "name": policy.name} if policy else None
    return _record(ticket, "sla_policy", before, after, actor=actor, now=now)


@transaction.atomic
def void_breach(clock: SlaClock, *, why: str, actor: User, now: datetime) -> SlaClock:
    """Excuse a breach; it stays in the ledger with the reason. Emits ClockVoided.

    Raises ValidationError without a reason, and when there is no breach.
    """
    why = clean_line(why, 200)
    if not why:
        raise ValidationError(_("Write why the missed deadline is excused."))
    ticket, clock = _locked(clock)
    if clock.breached_at is None or clock.voided_at is not None:
        raise ValidationError(_("There is no missed deadline to excuse."))
    clock = _write_by_hand(ticket, clock, "void", {"why": why}, actor=actor, now=now)
    emit(ClockVoided(ticket=ticket, clock=clock, now=now))
    return clock


@transaction.atomic
def correct_calendar(
    clock: SlaClock, *, effective_at: datetime, why: str, actor: User, now: datetime
) -> SlaClock:
    """Count a clock from `effective_at` on as if its calendar had been today's (sla.md 5).

    For a holiday somebody forgot to enter; it may undo a breach, and both stay visible.
    """
    ticket, clock = _locked(clock)
    used = clock.entries.filter(data__has_key="calendar").order_by("-seq").values_list("data")
    version = used[0][0]["calendar"]
    calendar = CalendarVersion.objects.get(pk=version).calendar_id
    replaced = CalendarVersion.objects.filter(calendar=calendar).values_list("pk", flat=True)
    facts = {
        "effective_at": effective_at.isoformat(),
        "calendar": current_version_ids()[calendar],
        "replaces": list(replaced),
        "why": clean_line(why, 200),
    }
    return _write_by_hand(ticket, clock, "correct", facts, actor=actor, now=now)


def _locked(clock: SlaClock) -> tuple[Ticket, SlaClock]:
    """Tickets before clocks, as everywhere."""
    ticket = lock_ticket(clock.ticket)
    return ticket, SlaClock.objects.select_for_update().get(pk=clock.pk)


def _coverage(ticket: Ticket) -> Coverage:
    found = Coverage.objects.filter(pk=ticket.pk).first()
    if found is None:
        raise ValidationError(_("No deadlines have been worked out for this ticket yet."))
    return found


def _record(
    ticket: Ticket, name: str, before: Any, after: Any, *, actor: Actor, now: datetime
) -> Ticket:
    """It stands in the ticket's history, from which clocks are rebuilt."""
    facts = {name: {"before": before, "after": after}}
    record_event(ticket, Event.Kind.CHANGED, actor=actor, now=now, changes=facts)
    follow(ticket, now=now)
    return ticket


def _write_by_hand(
    ticket: Ticket,
    clock: SlaClock,
    kind: str,
    facts: dict[str, Any],
    *,
    actor: User,
    now: datetime,
) -> SlaClock:
    ledgers = ledgers_of(ticket.pk, [(clock.metric, clock.cycle)])
    last = ledgers[clock.metric, clock.cycle][-1].at
    moment = max(now.replace(microsecond=0), last)
    planned = [Planned(clock.metric, clock.cycle, kind, moment, facts)]
    changed = append(ticket, ledgers, planned, actor=actor)
    show(ticket, Case.from_json(_coverage(ticket).case), ledgers, changed)
    return changed[clock.metric, clock.cycle]
