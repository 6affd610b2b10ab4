"""Setting a ticket aside until a time; the customer's answer brings it back earlier."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core import timers
from core.events import emit
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.events import TicketSnoozed, TicketWoken
from tickets.models import Event, Ticket

TIMER = "tickets.snooze"


@transaction.atomic
def snooze_ticket(
    ticket: Ticket, *, until: datetime, actor: Actor, now: datetime, reason: str = ""
) -> Ticket:
    """Take the ticket out of the queue until then; its deadlines go on. Emits TicketSnoozed.

    Raises ValidationError for a time that has been, or when the ticket is not open.
    """
    ticket = lock_ticket(ticket)
    if not ticket.is_open:
        raise ValidationError(_("Only an open ticket can be snoozed."))
    if until <= now:
        raise ValidationError(_("Choose a time that is still to come."))
    if ticket.snoozed_until == until:
        return ticket
    ticket.snoozed_until, ticket.updated_at = until, now
    ticket.save(update_fields=["snoozed_until", "updated_at"])
    timers.schedule(TIMER, str(ticket.pk), due_at=until)
    record_event(
        ticket, Event.Kind.SNOOZED, actor=actor, now=now, until=until.isoformat(), reason=reason
    )
    emit(TicketSnoozed(ticket=ticket, actor=actor, now=now, until=until))
    return ticket


@transaction.atomic
def wake_ticket(ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Bring the ticket back into the queue; one that is there stays. Emits TicketWoken."""
    ticket = lock_ticket(ticket)
    return rouse(ticket, actor=actor, now=now) if ticket.snoozed_until else ticket


def rouse(ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """`wake_ticket` on a row the caller has locked."""
    ticket.snoozed_until, ticket.updated_at = None, now
    ticket.save(update_fields=["snoozed_until", "updated_at"])
    timers.cancel(TIMER, str(ticket.pk))
    record_event(ticket, Event.Kind.WOKEN, actor=actor, now=now)
    emit(TicketWoken(ticket=ticket, actor=actor, now=now))
    return ticket
