"""Escalations: opened by rules and by hand, acknowledged by people, ended with their reason."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from automation.models import Escalation
from automation.models.escalations import MANUAL
from tickets.actions import flag_escalated
from tickets.actions.record import lock_ticket
from tickets.actors import Actor
from tickets.models import Ticket

MAX_REASON = 300


@transaction.atomic
def escalate_by_rule(
    ticket: Ticket, *, level: int, key: str, actor: Actor, now: datetime
) -> Escalation | None:
    """Open an escalation for a rule and raise the flag; None when its last one is still open.

    Resolved tickets get none. Emits what `flag_escalated` emits.
    """
    ticket = lock_ticket(ticket)
    if not ticket.is_open or actor.rule_id is None:
        return None
    row = _opened(
        Escalation(
            ticket=ticket,
            level=level,
            cause=f"rule:{actor.rule_id}",
            rule_id=actor.rule_id,
            key=key,
            reason=actor.name[:MAX_REASON],
            at=now,
        )
    )
    if row is not None:
        flag_escalated(ticket, level=level, reason=row.reason, actor=actor, now=now)
    return row


@transaction.atomic
def note_escalation(ticket: Ticket, *, level: int, reason: str, now: datetime) -> Escalation | None:
    """Open the escalation of a flag raised by hand; None when that level's is open already."""
    reason = reason[:MAX_REASON]
    return _opened(Escalation(ticket=ticket, level=level, cause=MANUAL, reason=reason, at=now))


@transaction.atomic
def acknowledge_escalation(row: Escalation, *, user: User, now: datetime) -> Escalation:
    """Say that somebody is on it: reminders of this level cease. The first one counts."""
    lock_ticket(row.ticket)
    row = Escalation.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.is_acknowledged or row.ended_at is not None:
        return row
    row.acknowledged_by, row.acknowledged_at = user, now
    row.save(update_fields=["acknowledged_by", "acknowledged_at"])
    return row


@transaction.atomic
def end_escalations(ticket: Ticket, *, reason: str, now: datetime) -> int:
    """End what is open; the rows stay as history."""
    rows = Escalation.objects.open().filter(ticket=ticket)
    return rows.update(ended_at=now, ended_because=reason[:MAX_REASON])


def cause_words(row: Escalation) -> str:
    """Where an escalation came from, in words."""
    if row.cause == MANUAL:
        return _("by hand: %(reason)s") % {"reason": row.reason} if row.reason else _("by hand")
    return _("by the rule “%(name)s”") % {"name": row.reason}


def _opened(row: Escalation) -> Escalation | None:
    """The row, stored; None when one for the same ticket, level and cause is open."""
    same = Escalation.objects.open().filter(ticket=row.ticket, level=row.level, cause=row.cause)
    if same.exists():
        return None
    row.save(force_insert=True)
    return row
