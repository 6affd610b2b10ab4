"""Handing a ticket over: a note and a change-set together, pinned for the receiver (R182)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from core.events import emit
from tickets.actions.changes import Changes, apply_changes
from tickets.actions.messages import note_post
from tickets.actions.posting import POSTED_FIELDS, insert_message
from tickets.actions.record import lock_ticket, new_event, record_event, touch_search
from tickets.actors import Actor
from tickets.content import Content
from tickets.events import NoteAdded
from tickets.models import Event, Message, Ticket


@transaction.atomic
def hand_over(
    ticket: Ticket, *, content: Content, changes: Changes, actor: Actor, now: datetime
) -> Message:
    """Write the note, pin it, change the fields: all or nothing. Returns the note.

    Raises ValidationError when the new assignee could not open the ticket. Emits what the
    change-set emits, then NoteAdded.
    """
    ticket = lock_ticket(ticket)
    note = insert_message(ticket, note_post(content, actor), actor=actor, now=now)
    ticket.handover = note
    touch_search(ticket)
    said = new_event(ticket, Event.Kind.NOTE_ADDED, actor=actor, now=now, message=note)
    ticket = apply_changes(
        ticket,
        changes=changes,
        actor=actor,
        now=now,
        unsaved=(*POSTED_FIELDS, "handover"),
        said=(said,),
    )
    emit(NoteAdded(ticket=ticket, message=note, actor=actor, now=now))
    return note


@transaction.atomic
def unpin_handover(ticket: Ticket, *, actor: Actor, now: datetime) -> Ticket:
    """Take the note from the top of the page; it stays in the thread."""
    ticket = lock_ticket(ticket)
    if ticket.handover_id is None:
        return ticket
    ticket.handover, ticket.updated_at = None, now
    ticket.save(update_fields=["handover", "updated_at"])
    record_event(ticket, Event.Kind.UNPINNED, actor=actor, now=now)
    return ticket
