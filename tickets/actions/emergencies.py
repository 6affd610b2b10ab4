"""Whether on-call is at work on a ticket: written by the floor that calls people."""

from __future__ import annotations

from tickets.models import Ticket


def mark_emergency(ticket: Ticket, *, is_on: bool) -> Ticket:
    """Remember on the ticket, which the caller has locked, that people are called for it.

    It is no change of the ticket itself: nothing is recorded. What happens to all other tickets
    need not ask whether anybody is on call for them.
    """
    if ticket.is_emergency != is_on:
        ticket.is_emergency = is_on
        ticket.save(update_fields=["is_emergency"])
    return ticket
