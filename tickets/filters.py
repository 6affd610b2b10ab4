"""Narrowing a list of tickets by what readers may choose; nothing else reaches the query (X-46)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.text import clean_line, is_key
from tickets.custom_fields import filters as custom_fields
from tickets.models import Ticket
from tickets.models.ticket import Channel, TicketQuerySet
from tickets.search import matching

NOBODY = "nobody"
ME = "me"
AT_RISK, OVERDUE = "at_risk", "overdue"
DEADLINES = {
    AT_RISK: _("At risk"),
    OVERDUE: _("Overdue"),
    Ticket.SlaState.PAUSED.value: _("Paused"),
    Ticket.SlaState.EXCLUDED.value: _("No deadlines"),
}
_ROWS = ("status", "priority", "department", "service")
# Days of the reader's own zone, both ends included.
DAYS = ("created_from", "created_to", "updated_from", "updated_to")
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


@dataclass(frozen=True, kw_only=True)
class TicketFilter:
    """What was chosen, as the query string says it; empty means any.

    `custom` are pairs of a parameter and its value, see `tickets.custom_fields.filters`.
    """

    status: str = ""
    priority: str = ""
    department: str = ""
    service: str = ""
    assignee: str = ""
    tag: str = ""
    channel: str = ""
    sla: str = ""
    created_from: str = ""
    created_to: str = ""
    updated_from: str = ""
    updated_to: str = ""
    q: str = ""
    custom: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_query(cls, query: Mapping[str, Any]) -> TicketFilter:
        """Take what makes sense and leave out the rest."""
        ids = {name: _id(query.get(name, "")) for name in _ROWS}
        days = {name: _day(query.get(name, "")) for name in DAYS}
        assignee = query.get("assignee", "")
        channel, sla = query.get("channel", ""), query.get("sla", "")
        return cls(
            **ids,
            **days,
            assignee=assignee if assignee in {ME, NOBODY} else _id(assignee),
            tag=clean_line(query.get("tag", ""), 40),
            channel=channel if channel in Channel.values else "",
            sla=sla if sla in DEADLINES else "",
            q=clean_line(query.get("q", ""), 200),
            custom=custom_fields.chosen(query),
        )

    def given(self) -> dict[str, str]:
        """The chosen ones, for links that keep them."""
        return dict(self._given)

    @cached_property
    def _given(self) -> dict[str, str]:
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values |= dict(values.pop("custom"))
        return {name: value for name, value in values.items() if value}

    def narrow(self, tickets: TicketQuerySet, user: User, *, now: datetime) -> TicketQuerySet:
        """`tickets` that fit all that was chosen."""
        for name in (*_ROWS, "channel"):
            if value := getattr(self, name):
                tickets = tickets.filter(**{name: value})
        if self.assignee == NOBODY:
            tickets = tickets.filter(assignee=None)
        elif self.assignee:
            wanted = user.pk if self.assignee == ME else int(self.assignee)
            tickets = tickets.filter(assignee_id=wanted)
        if self.tag:
            tickets = tickets.filter(tags__name__iexact=self.tag)
        tickets = custom_fields.narrow(tickets, self.custom)
        tickets = self._by_deadline(self._by_days(tickets), now)
        return matching(tickets, self.q) if self.q else tickets

    def _by_days(self, tickets: TicketQuerySet) -> TicketQuerySet:
        for column in ("created", "updated"):
            if first := getattr(self, f"{column}_from"):
                tickets = tickets.filter(**{f"{column}_at__gte": _start(first)})
            if last := getattr(self, f"{column}_to"):
                end = _start(last, days=1)
                tickets = tickets.filter(**{f"{column}_at__lt": end})
        return tickets

    def _by_deadline(self, tickets: TicketQuerySet, now: datetime) -> TicketQuerySet:
        if self.sla == AT_RISK:
            return tickets.at_risk(now)
        if self.sla == OVERDUE:
            return tickets.overdue(now)
        return tickets.filter(sla_state=self.sla) if self.sla else tickets


def _id(text: str) -> str:
    return text if is_key(text) else ""


def _day(text: str) -> str:
    """An ISO date of these centuries, else nothing: near its ends a calendar can't be shifted."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return ""
    return day.isoformat() if _FIRST_YEAR <= day.year <= _LAST_YEAR else ""


def _start(day: str, *, days: int = 0) -> datetime:
    moment = datetime.combine(date.fromisoformat(day) + timedelta(days=days), time.min)
    return timezone.make_aware(moment, timezone.get_current_timezone())
