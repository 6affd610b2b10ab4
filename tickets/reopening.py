"""How long a resolved ticket may come back; after that an answer opens a new one (mail.md 40)."""

from __future__ import annotations

from datetime import datetime, timedelta

from core import options
from tickets.models import Ticket


def reopens_until(ticket: Ticket) -> datetime | None:
    """The end of the window of a resolved ticket; None while it is open."""
    ended_at = ticket.closed_at or ticket.resolved_at
    if ended_at is None:
        return None
    return ended_at + timedelta(days=options.value("tickets.reopen_days"))


def is_past_reopening(ticket: Ticket, *, now: datetime) -> bool:
    """Whether the window is over."""
    until = reopens_until(ticket)
    return until is not None and now > until
