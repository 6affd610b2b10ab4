"""The card of appointments: what is agreed with the customer, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from desk.appointments import AppointmentLine, appointment_lines
from desk.cards.card import Card
from tickets.models import Ticket

MOST = 20


@dataclass(frozen=True, kw_only=True)
class Appointments:
    """The card as its template prints it."""

    lines: list[AppointmentLine]
    count: SafeString


def appointments_of(ticket: Ticket, _user: User, now: datetime) -> Appointments:
    """The planned ones first, the latest of the others after them."""
    found = list(ticket.appointments.select_related("responsible").order_by("-starts_at")[:MOST])
    for appointment in found:
        appointment.ticket = ticket
    planned = [row for row in reversed(found) if row.is_planned]
    over = [row for row in found if not row.is_planned]
    return Appointments(
        lines=appointment_lines([*planned, *over], now=now),
        count=ui.counter(len(planned), unit=_("planned")),
    )


CARD = Card(template="desk/cards/appointments.html", build=appointments_of)
