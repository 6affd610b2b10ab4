"""Internal notes that the intake itself writes."""

from __future__ import annotations

from datetime import datetime

from tickets.actions import add_note
from tickets.actors import Actor
from tickets.content import Content
from tickets.models import Message, Ticket

INTAKE = Actor.system("Mail intake")


def write_note(ticket: Ticket, text: str, *, now: datetime) -> Message:
    """Tell the agents something about a mail; never seen by customers (X-37)."""
    return add_note(ticket, content=Content(text=text), actor=INTAKE, now=now)
