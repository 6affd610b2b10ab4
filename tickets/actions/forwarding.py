"""Passing a message on to a third party, and what comes back: the customer sees neither (X-37)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from core import options
from core.events import emit
from tickets.actions.changes import Changes, apply_changes
from tickets.actions.drafts import discard_draft
from tickets.actions.messages import note_post, staff_author, survivor_of
from tickets.actions.posting import POSTED_FIELDS, Post, insert_message
from tickets.actions.record import lock_ticket, record_event, touch_search
from tickets.actions.snoozing import rouse
from tickets.actors import Actor
from tickets.content import Author, Content, Recipients
from tickets.events import ForwardAnswered, MessageForwarded, NoteAdded
from tickets.forwarded import forwarded_content
from tickets.models import Event, Message, Ticket
from tickets.models.ticket import Channel
from tickets.models.vocabulary import Kind
from tickets.vocabulary import default_status


class NotForwardable(Exception):
    """A note, something held back or redacted, or a message of another ticket."""


@dataclass(frozen=True, kw_only=True)
class Forward:
    """What is passed on: the agent's own words and files, to whom, and the message below them."""

    content: Content
    recipients: Recipients
    source: Message | None = None


@transaction.atomic
def forward_message(ticket: Ticket, *, forward: Forward, actor: Actor, now: datetime) -> Message:
    """Send a message of the ticket on with its files; the mail leaves after the undo time.

    Nothing changes for the customer: no status, no clock, no follower. Raises NotForwardable for
    a source that must stay in the house. Emits MessageForwarded.
    """
    ticket = lock_ticket(ticket)
    source = forward.source
    if source is not None and not may_be_forwarded(source, ticket):
        raise NotForwardable(str(source))
    post = Post(
        kind=Message.Kind.FORWARD,
        channel=Channel.EMAIL,
        author=staff_author(actor),
        content=forwarded_content(forward.content, source, subject=ticket.subject),
        recipients=forward.recipients,
        source=source,
    )
    message = insert_message(ticket, post, actor=actor, now=now)
    ticket.save(update_fields=POSTED_FIELDS)
    touch_search(ticket)
    to = list(forward.recipients.all())
    record_event(ticket, Event.Kind.FORWARDED, actor=actor, now=now, message=message, to=to)
    if actor.user is not None:
        discard_draft(ticket, user=actor.user, now=now, kind=Message.Kind.FORWARD)
    leaves_at = now + timedelta(seconds=options.value("tickets.undo_seconds"))
    emit(
        MessageForwarded(ticket=ticket, message=message, actor=actor, now=now, leaves_at=leaves_at)
    )
    return message


@transaction.atomic
def receive_forward_answer(
    forward: Message, *, content: Content, author: Author, actor: Actor, now: datetime
) -> Message:
    """Keep what a third party answers as a note beside the forward; nobody else sees it.

    A person's answer ends waiting for a third party, and brings a snoozed ticket back. Merged
    tickets hand over to their survivor. Emits NoteAdded, then ForwardAnswered.
    """
    ticket = survivor_of(lock_ticket(forward.ticket))
    post = replace(note_post(content, actor, author=author), source=forward)
    message = insert_message(ticket, post, actor=actor, now=now)
    ticket.save(update_fields=POSTED_FIELDS)
    touch_search(ticket)
    record_event(ticket, Event.Kind.NOTE_ADDED, actor=actor, now=now, message=message)
    if not author.is_automatic:
        _resume(ticket, actor=actor, now=now)
    emit(NoteAdded(ticket=ticket, message=message, actor=actor, now=now))
    emit(ForwardAnswered(ticket=ticket, message=message, actor=actor, now=now))
    return message


def may_be_forwarded(message: Message, ticket: Ticket) -> bool:
    """Whether it is a public message of the ticket whose words are still there."""
    return message.ticket_id == ticket.pk and message.is_public and not message.is_redacted


def _resume(ticket: Ticket, *, actor: Actor, now: datetime) -> None:
    if ticket.snoozed_until is not None:
        rouse(ticket, actor=actor, now=now)
    if ticket.status.kind == Kind.WAITING_THIRD_PARTY and ticket.is_open:
        changes = Changes(status=default_status(Kind.OPEN))
        apply_changes(ticket, changes=changes, actor=actor, now=now)
