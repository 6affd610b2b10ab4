"""What a step over many tickets is about, as a row keeps it and an undo compares it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tickets.models import BulkRunTicket, Ticket
from tickets.models.ticket import TicketQuerySet

UNDO: Final = "undo"
UNDONE_WITHIN: Final = timedelta(minutes=10)
KEPT: Final = timedelta(days=30)
TAGS: Final = "tags"
_COLUMNS: Final = {
    "assignee": "assignee_id",
    "department": "department_id",
    "status": "status_id",
    "priority": "priority_id",
    "handover": "handover_id",
    "is_spam": "is_spam",
}

Act = Callable[[Ticket, BulkRunTicket, datetime], str]


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What a run does to one of its `tickets`; `fields` are compared before and after.

    `act` returns a remark, mostly an empty one, and raises ValidationError when it refuses.
    """

    act: Act
    tickets: TicketQuerySet
    fields: tuple[str, ...] = ()


def snapshot(ticket: Ticket, fields: tuple[str, ...]) -> dict[str, Any]:
    """These fields as they stand in the database now, for JSON."""
    columns = {name: _COLUMNS[name] for name in fields if name in _COLUMNS}
    row = Ticket.objects.values_list(*columns.values()).get(pk=ticket.pk) if columns else ()
    facts: dict[str, Any] = dict(zip(columns, row, strict=True))
    if TAGS in fields:
        facts[TAGS] = sorted(ticket.tags.values_list("name", flat=True))
    return facts
