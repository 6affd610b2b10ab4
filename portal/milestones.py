"""What happened between the messages, as far as customers know it: taken, solved, opened again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from customers.models import Customer
from tickets.models import Event, Ticket
from tickets.models.vocabulary import Kind

MOST = 100
_KINDS = (Event.Kind.CHANGED, Event.Kind.CLOSED, Event.Kind.REOPENED)


@dataclass(frozen=True)
class Milestone:
    """One line of the timeline."""

    at: datetime
    icon: str
    words: str


def milestones_of(ticket: Ticket, *, reader: Customer | None, since: datetime) -> list[Milestone]:
    """The newest ones from `since` on, oldest first: one statement.

    Departments, priorities and everything else of the house stay in it.
    """
    events = ticket.events.filter(kind__in=_KINDS, at__gte=since).order_by("-pk")[:MOST]
    told = [_milestone(event, reader) for event in reversed(events)]
    return [line for line in told if line is not None]


def _milestone(event: Event, reader: Customer | None) -> Milestone | None:
    changes = event.data.get("changes", {})
    if event.kind == Event.Kind.CLOSED:
        return Milestone(event.at, "check", _who_closed(event, reader))
    if event.kind == Event.Kind.REOPENED:
        return Milestone(event.at, "rotate-ccw", _("The request was opened again"))
    if _kind_after(changes) == Kind.WAITING_THIRD_PARTY:
        return Milestone(event.at, "hourglass", _("We wait for somebody else"))
    taken_by = (changes.get("assignee") or {}).get("after")
    if taken_by:
        words = _("%(name)s is taking care of your request") % {"name": taken_by["name"]}
        return Milestone(event.at, "eye", words)
    return None


def _who_closed(event: Event, reader: Customer | None) -> str:
    if event.actor_customer_id is None:
        return _("The request was marked as solved")
    if reader is not None and event.actor_customer_id == reader.pk:
        return _("You told us that your problem is solved")
    return _("%(name)s told us that the problem is solved") % {"name": event.actor_name}


def _kind_after(changes: dict[str, Any]) -> str:
    after = (changes.get("status") or {}).get("after") or {}
    return str(after.get("kind", ""))
