"""Tickets that belong together."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.models import Event, Ticket, TicketLink


@transaction.atomic
def link_tickets(
    source: Ticket, *, target: Ticket, kind: str, actor: Actor, now: datetime
) -> TicketLink:
    """Link `source` to `target`; linking twice is the same link. Raises ValueError on itself."""
    if source.pk == target.pk:
        raise ValueError("a ticket is not linked to itself")
    return insert_link(lock_ticket(source), target=target, kind=kind, actor=actor, now=now)


def insert_link(
    source: Ticket, *, target: Ticket, kind: str, actor: Actor, now: datetime
) -> TicketLink:
    """`link_tickets` on a source the caller holds."""
    link, is_new = TicketLink.objects.get_or_create(source=source, target=target, kind=kind)
    if is_new:
        record_event(
            source, Event.Kind.LINKED, actor=actor, now=now, link=kind, number=target.number
        )
    return link
