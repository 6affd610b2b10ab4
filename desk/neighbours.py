"""The ticket before or after one in the view the agent came from."""

from __future__ import annotations

from datetime import datetime

from accounts.models import User
from core.keyset import beyond, position, read_cursor
from desk.queue import View
from tickets.models import Ticket

NEXT = "next"


def neighbour(ticket: Ticket, *, view: View, step: str, user: User, now: datetime) -> int | None:
    """The number of the neighbour; None at the end of the list.

    The ticket itself may have left the view meanwhile: its place in the order is what counts.
    """
    place = [getattr(ticket, column) for column in view.order.columns]
    # A ticket that was woken has no place among the snoozed ones: begin at the first.
    at = "" if None in place else position(place)
    is_next = step == NEXT
    cursor = read_cursor(at if is_next else "", "" if is_next else at, view.order)
    tickets = beyond(view.tickets(user, now).exclude(pk=ticket.pk), view.order, cursor)
    return tickets.values_list("number", flat=True).first()
