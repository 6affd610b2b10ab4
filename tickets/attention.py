"""When a ticket needs somebody next, and why (N9): kept on the row, checked by `verify`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from core import options
from tickets.models import NO_DEADLINE, Ticket
from tickets.models.vocabulary import RESOLVED_KINDS

# The columns `settle` may change; actions add them to `update_fields`.
SETTLED_FIELDS = (
    "status_kind",
    "priority_rank",
    "is_open",
    "next_due_at",
    "due_reason",
    "waiting_since",
    "updated_at",
    "unassigned_since",
    "escalation_level",
    "escalated_at",
    "snoozed_until",
)


@dataclass(frozen=True)
class Attention:
    """The earliest thing due on a ticket, and what it is."""

    due_at: datetime
    reason: str


def attention(ticket: Ticket, *, patience: timedelta) -> Attention:
    """The earliest of deadline, promise, and, while no clock runs, the wait plus `patience`."""
    if not ticket.is_open:
        return Attention(NO_DEADLINE, Ticket.DueReason.NONE)
    dates = [
        Attention(ticket.sla_due_at, Ticket.DueReason.SLA),
        Attention(ticket.promised_at, Ticket.DueReason.PROMISE),
    ]
    if ticket.waiting_since is not None and ticket.sla_due_at == NO_DEADLINE:
        dates.append(Attention(ticket.waiting_since + patience, Ticket.DueReason.WAITING))
    earliest = min(dates, key=lambda date: date.due_at)
    if earliest.due_at == NO_DEADLINE:
        return Attention(NO_DEADLINE, Ticket.DueReason.NONE)
    return earliest


def is_open(ticket: Ticket) -> bool:
    """Neither resolved nor closed; not spam, merged or deleted."""
    gone = ticket.is_spam or ticket.merged_into_id is not None or ticket.deleted_at is not None
    return not gone and ticket.status.kind not in RESOLVED_KINDS


def settle(ticket: Ticket, *, now: datetime) -> Ticket:
    """Bring the queue's columns in line with the facts; the caller saves SETTLED_FIELDS."""
    ticket.status_kind = ticket.status.kind
    ticket.priority_rank = ticket.priority.rank
    ticket.is_open = is_open(ticket)
    if ticket.status.kind in RESOLVED_KINDS:
        ticket.waiting_since = None
    if not ticket.is_open:
        ticket.escalation_level, ticket.escalated_at, ticket.snoozed_until = 0, None, None
    lacks_somebody = ticket.is_open and ticket.assignee_id is None
    ticket.unassigned_since = (ticket.unassigned_since or now) if lacks_somebody else None
    due = attention(ticket, patience=patience())
    ticket.next_due_at, ticket.due_reason = due.due_at, due.reason
    ticket.updated_at = now
    return ticket


def patience() -> timedelta:
    """How long a customer may wait before the ticket counts as due where no clock runs (R19)."""
    return timedelta(hours=options.value("tickets.patience_hours"))
