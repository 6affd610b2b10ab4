"""Ends and returns of a ticket: closing, reopening, spam, deletion."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.events import emit
from tickets.actions.changes import Changes, apply_changes
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.attention import SETTLED_FIELDS, settle
from tickets.events import TicketDeleted, TicketMarkedSpam, TicketUnmarkedSpam
from tickets.models import Event, Ticket
from tickets.models.vocabulary import Kind
from tickets.vocabulary import default_status


@transaction.atomic
def close_ticket(ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Close; a closed ticket stays as it is."""
    ticket = lock_ticket(ticket)
    if ticket.status.is_final:
        return ticket
    changes = Changes(status=default_status(Kind.CLOSED))
    return apply_changes(ticket, changes=changes, actor=actor, now=now)


@transaction.atomic
def reopen_ticket(ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Open a resolved or closed ticket again; an open one stays as it is."""
    ticket = lock_ticket(ticket)
    if not ticket.status.is_resolved:
        return ticket
    if actor.customer is not None:
        ticket.waiting_since = now
    changes = Changes(status=default_status(Kind.OPEN))
    return apply_changes(ticket, changes=changes, actor=actor, now=now)


@transaction.atomic
def mark_spam(ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Take the ticket out of the queue as spam. Emits TicketMarkedSpam."""
    ticket = lock_ticket(ticket)
    if ticket.is_spam:
        return ticket
    ticket.is_spam = True
    settle(ticket, now=now).save(update_fields=["is_spam", *SETTLED_FIELDS])
    record_event(ticket, Event.Kind.MARKED_SPAM, actor=actor, now=now)
    emit(TicketMarkedSpam(ticket=ticket, actor=actor, now=now))
    return ticket


@transaction.atomic
def unmark_spam(ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Bring the ticket back into the queue. Emits TicketUnmarkedSpam."""
    ticket = lock_ticket(ticket)
    if not ticket.is_spam:
        return ticket
    ticket.is_spam = False
    settle(ticket, now=now).save(update_fields=["is_spam", *SETTLED_FIELDS])
    record_event(ticket, Event.Kind.UNMARKED_SPAM, actor=actor, now=now)
    emit(TicketUnmarkedSpam(ticket=ticket, actor=actor, now=now))
    return ticket


@transaction.atomic
def delete_ticket(ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Hide the ticket from everybody; its rows stay until retention removes them.

    Emits TicketDeleted.
    """
    ticket = lock_ticket(ticket)
    if ticket.deleted_at is not None:
        return ticket
    ticket.deleted_at = now
    settle(ticket, now=now).save(update_fields=["deleted_at", *SETTLED_FIELDS])
    record_event(ticket, Event.Kind.DELETED, actor=actor, now=now)
    emit(TicketDeleted(ticket=ticket, actor=actor, now=now))
    return ticket
