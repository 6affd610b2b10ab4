"""What merging brings to the stage: a part, a merged ticket, one that may be merged."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from accounts.models import User
from tests.factories import make_ticket
from tickets.actions import add_parts, merge_tickets
from tickets.actors import Actor
from tickets.models import Ticket


def merging(ticket: Ticket, user: User, *, now: datetime) -> SimpleNamespace:
    """Tickets of the same customer and department, apart from the one of the stage."""
    actor = Actor.of_user(user)
    home, part, merged, duplicate = (
        make_ticket(ticket.customer, ticket.department, subject=subject, now=now)
        for subject in ("A whole", "A part", "Merged away", "A duplicate")
    )
    add_parts(home, children=[part], actor=actor, now=now)
    [merge] = merge_tickets(home, others=[merged], actor=actor, now=now)
    return SimpleNamespace(home=home, part=part, merge=merge, merged=merged, duplicate=duplicate)
