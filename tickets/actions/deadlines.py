"""The deadline a ticket shows: written by the floor that runs the clocks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tickets.attention import attention, patience
from tickets.models import NO_DEADLINE, Ticket

_FIELDS = ("sla_due_at", "sla_risk_at", "sla_metric", "sla_state", "next_due_at", "due_reason")


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The earliest running deadline, when it comes close, and how the clocks stand."""

    due_at: datetime = NO_DEADLINE
    risk_at: datetime = NO_DEADLINE
    metric: str = ""
    state: str = ""


def set_deadline(ticket: Ticket, *, deadline: Deadline) -> Ticket:
    """Show `deadline` on a ticket the caller has locked; the queue's order follows.

    It is no change of the ticket itself: nothing is recorded, `updated_at` stays.
    """
    before = [getattr(ticket, name) for name in _FIELDS]
    ticket.sla_due_at, ticket.sla_risk_at = deadline.due_at, deadline.risk_at
    ticket.sla_metric, ticket.sla_state = deadline.metric, deadline.state
    due = attention(ticket, patience=patience())
    ticket.next_due_at, ticket.due_reason = due.due_at, due.reason
    if before != [getattr(ticket, name) for name in _FIELDS]:
        ticket.save(update_fields=_FIELDS)
    return ticket
