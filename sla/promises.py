"""What customers are promised, for pages and messages that tell them (N17, R104)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department
from calendars.engine import Calendar
from core.memo import remembered
from core.moments import day_time
from sla.durations import HOUR, working_target
from sla.models import ClockEntry, Metric, PolicySetVersion, SlaClock, Unit
from sla.rules import FIRST_RESPONSE, Rules, Situation
from sla.versions import rules_for, stored_calendars
from tickets import vocabulary
from tickets.models import Ticket
from tickets.models.ticket import Channel

# What a customer hears of, the first that runs.
HEARD = (Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE, Metric.UPDATE)


@dataclass(frozen=True)
class Awaited:
    """The next thing a customer hears by a clock of ours, and the hours it is counted in."""

    metric: str
    started_at: datetime
    due_at: datetime | None
    calendar: Calendar

    def after(self, seconds: int) -> datetime:
        """The moment that much working time after its start."""
        return self.calendar.add(self.started_at, seconds)


@dataclass(frozen=True)
class Promise:
    """A target as it was promised."""

    amount: int
    unit: str
    calendar: Calendar

    def __str__(self) -> str:
        return working_target(self.amount, self.unit, is_always=self.calendar.always)


def awaited(ticket: Ticket) -> Awaited | None:
    """By which clock the customer of `ticket` hears next, in one statement; None without one."""
    entries = _entries(ticket, HEARD).filter(clock__state=SlaClock.State.RUNNING)
    newest = {row.clock.metric: row for row in entries.order_by("pk")}
    found = next((newest[metric] for metric in HEARD if metric in newest), None)
    if found is None:
        return None
    clock = found.clock
    calendar = stored_calendars[found.data["calendar"]]
    return Awaited(clock.metric, clock.started_at, clock.due_at, calendar)


def placeholders_of(ticket: Ticket, *, now: datetime) -> dict[str, str]:
    """The values of [SLA], {sla} and {sla.due} in messages to the customer of `ticket` (R104).

    Without a promise they promise nothing, in words that fit into the same sentence.
    """
    promise, clock = first_response_of(ticket), awaited(ticket)
    target = str(promise) if promise else _("the shortest time we can manage")
    due_at = clock.due_at if clock is not None else None
    with timezone.override(ticket.customer.time_zone or timezone.get_default_timezone()):
        due = day_time(due_at, now=now) if due_at else _("as soon as we can")
    return {"SLA": target, "sla": target, "sla.due": due}


def first_response_of(ticket: Ticket) -> Promise | None:
    """The first-response target the ticket runs under; None when nothing is promised."""
    entries = _entries(ticket, [Metric.FIRST_RESPONSE]).filter(data__has_key="amount")
    newest = entries.order_by("-pk").first()
    return _promise(newest.data) if newest is not None else None


def first_response_by_portal(*, now: datetime) -> Promise | None:
    """What is promised to somebody unknown who writes now by the portal, as to everybody."""
    rules, department = _rules(), _default_department()
    if rules is None or department is None:
        return None
    priority = vocabulary.default_priority()
    facts = {
        "channel": Channel.PORTAL.value,
        "department": department.pk,
        "priority": priority.pk,
        "customer_vip": False,
        "tags": [],
        "subject": "",
        "status_kind": "new",
    }
    policy = rules.select(facts, day=now.date())
    situation = Situation(
        metric=FIRST_RESPONSE, priority=priority.pk, department=department.pk, started_at=now
    )
    if policy is not None and policy.excluded:
        return None
    terms = rules.terms(policy, situation, stored_calendars)
    return _promise(terms) if terms else None


@remembered(seconds=30)
def _rules() -> Rules | None:
    newest = PolicySetVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
    return rules_for(newest) if newest is not None else None


def _default_department() -> Department | None:
    rows = vocabulary.departments()
    return next((row for row in rows if row.is_default), rows[0] if rows else None)


def _entries(ticket: Ticket, metrics: Iterable[str]) -> Any:
    """Lines that name a calendar, with their clocks."""
    named = ClockEntry.objects.filter(clock__ticket=ticket, data__has_key="calendar")
    return named.filter(clock__metric__in=metrics).select_related("clock")


def _promise(terms: Mapping[str, Any]) -> Promise | None:
    """Hours that were added outside hours are part of what is promised."""
    if not terms.get("amount"):
        return None
    amount, unit, calendar = terms["amount"], terms["unit"], stored_calendars[terms["calendar"]]
    plain = {Unit.HOURS: HOUR, Unit.MINUTES: HOUR // 60}.get(unit)
    if plain and terms["target_s"] != amount * plain:
        amount, unit = math.ceil(terms["target_s"] / HOUR), Unit.HOURS.value
    return Promise(amount, unit, calendar)
