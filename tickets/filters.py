"""Narrowing a list of tickets by what readers may choose; nothing else reaches the query (X-46)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.text import clean_line
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
_MAX_ID = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class TicketFilter:
    """What was chosen, as the query string says it; empty means any."""

    status: str = ""
    priority: str = ""
    department: str = ""
    service: str = ""
    assignee: str = ""
    tag: str = ""
    channel: str = ""
    sla: str = ""
    q: str = ""

    @classmethod
    def of_query(cls, query: Mapping[str, Any]) -> TicketFilter:
        """Take what makes sense and leave out the rest."""
        ids = {name: _id(query.get(name, "")) for name in _ROWS}
        assignee = query.get("assignee", "")
        channel, sla = query.get("channel", ""), query.get("sla", "")
        return cls(
            **ids,
            assignee=assignee if assignee in {ME, NOBODY} else _id(assignee),
            tag=clean_line(query.get("tag", ""), 40),
            channel=channel if channel in Channel.values else "",
            sla=sla if sla in DEADLINES else "",
            q=clean_line(query.get("q", ""), 200),
        )

    def given(self) -> dict[str, str]:
        """The chosen ones, for links that keep them."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
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
        tickets = self._by_deadline(tickets, now)
        return matching(tickets, self.q) if self.q else tickets

    def _by_deadline(self, tickets: TicketQuerySet, now: datetime) -> TicketQuerySet:
        if self.sla == AT_RISK:
            return tickets.at_risk(now)
        if self.sla == OVERDUE:
            return tickets.overdue(now)
        return tickets.filter(sla_state=self.sla) if self.sla else tickets


def _id(text: str) -> str:
    return text if text.isascii() and text.isdigit() and int(text) <= _MAX_ID else ""
