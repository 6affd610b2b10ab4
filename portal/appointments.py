"""Appointments as customers read them: only those they were told of, never what came of one."""

from __future__ import annotations

from datetime import datetime

from tickets.appointment_words import span_words
from tickets.models import Appointment, Ticket

MOST = 5


def coming_words(ticket: Ticket, *, now: datetime) -> list[list[str]]:
    """What, when and where of each appointment to come, the next one first."""
    coming = Appointment.objects.coming(now).filter(ticket=ticket, customer=ticket.customer_id)
    told = coming.filter(is_told=True)
    return [
        [part for part in (row.title, span_words(row, row.zone), row.place) if part]
        for row in told.order_by("starts_at")[:MOST]
    ]
