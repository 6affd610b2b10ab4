"""What goes along when a ticket becomes part of another one, and comes back with it (N19)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from tickets.actions.drafts import discard_draft, restore_draft
from tickets.models import (
    NO_DEADLINE,
    Appointment,
    Promise,
    Task,
    Ticket,
    TimeEntry,
    WarrantyClaim,
)

_MOVING: dict[str, type[Any]] = {
    "tasks": Task,
    "appointments": Appointment,
    "promises": Promise,
    "time_entries": TimeEntry,
    "claims": WarrantyClaim,
}


def move_work(merged: Ticket, primary: Ticket, *, now: datetime) -> dict[str, list[int]]:
    """Move what nobody would find on a ticket that leads elsewhere; returns what moved.

    Appointments and promises go along within one customer alone: another's would be told, and
    shown, on a ticket that is not theirs (X-16). Theirs stay with their conversation.
    """
    going: dict[str, QuerySet[Any]] = {
        "tasks": merged.tasks.filter(done_at=None),
        "time_entries": merged.time_entries.all(),
    }
    if merged.customer_id == primary.customer_id:
        going |= {"appointments": merged.appointments.planned(), "promises": merged.promises.all()}
        going["claims"] = merged.claims.all()
    moved = {name: list(rows.values_list("pk", flat=True)) for name, rows in going.items()}
    for name, ids in moved.items():
        _MOVING[name].objects.filter(pk__in=ids).update(ticket=primary)
    _move_drafts(merged, primary, now)
    _follow_promises(merged, primary)
    return moved


def give_back_work(merged: Ticket, holder: Ticket, *, kept: dict[str, Any]) -> None:
    """Bring back what came with `merged`, unless it was moved on since; drafts stay."""
    for name, model in _MOVING.items():
        model.objects.filter(ticket=holder, pk__in=kept.get(name, [])).update(ticket=merged)
    _follow_promises(merged, holder)


def _move_drafts(merged: Ticket, primary: Ticket, now: datetime) -> None:
    """What people were typing goes below what they typed on the other ticket."""
    drafts = merged.drafts.exclude(text="", files=[]).select_related("user").order_by("user", "pk")
    for draft in drafts:
        restore_draft(primary, user=draft.user, back=draft.unstored(), now=now)
        discard_draft(merged, user=draft.user, now=now, kind=draft.kind)


def _follow_promises(*tickets: Ticket) -> None:
    """The date of each is that of its earliest awaited promise; the caller settles and saves."""
    for ticket in tickets:
        earliest = ticket.promises.awaited().values_list("due_at", flat=True).first()
        ticket.promised_at = earliest or NO_DEADLINE
