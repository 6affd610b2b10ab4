"""What is said in a ticket: customers' messages, replies, internal notes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from core import options
from core.events import emit
from tickets.actions.changes import Changes, apply_changes
from tickets.actions.drafts import discard_draft
from tickets.actions.links import insert_link
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.posting import POSTED_FIELDS, Post, insert_message
from tickets.actions.record import lock_ticket, new_event, record_event, touch_search
from tickets.actions.snoozing import rouse
from tickets.actors import Actor
from tickets.attention import settle
from tickets.content import Author, Content, Recipients
from tickets.conversations import origin_of_incoming, origin_of_reply
from tickets.events import MessageReceived, MessageReleased, NoteAdded, ReplyPosted
from tickets.models import Event, Message, Status, Ticket, TicketLink
from tickets.models.ticket import Channel
from tickets.models.vocabulary import Kind
from tickets.reopening import is_past_reopening
from tickets.vocabulary import default_status


class StaleReply(Exception):
    """The ticket moved on while the reply was written; `news` is what its author missed (N7)."""

    def __init__(self, news: list[Message]) -> None:
        super().__init__("the ticket has newer messages")
        self.news = news


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A customer's message on its way into a ticket."""

    content: Content
    author: Author
    channel: str
    recipients: Recipients = Recipients()


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A reply of staff; `seen` is the newest message its author saw, `after` the status to set.

    Whoever answers takes an unassigned ticket, unless `takes_ticket` says no. What they are typing
    is sent by it, unless `ends_draft` says no: then it was written before. One that `is_notice` was
    written by the house, such as of an appointment: it keeps no promise.
    """

    content: Content
    recipients: Recipients
    seen: int | None = None
    after: Status | None = None
    channel: str = Channel.EMAIL
    takes_ticket: bool = True
    ends_draft: bool = True
    is_notice: bool = False


@transaction.atomic
def receive_message(ticket: Ticket, *, incoming: Incoming, actor: Actor, now: datetime) -> Message:
    """Add what a customer wrote; reopens a resolved ticket, resumes one that waited for them.

    After the reopen window it opens a new ticket linked to this one (`message.ticket` tells).
    Merged tickets hand over to their survivor. Emits MessageReceived.
    """
    door = lock_ticket(ticket)
    ticket = survivor_of(door)
    origin = origin_of_incoming(door, ticket, actor)
    if _is_past_reopening(ticket, incoming, now):
        return _follow_up(origin or ticket, incoming, actor=actor, now=now)
    message = insert_message(ticket, _post(incoming, origin), actor=actor, now=now)
    ticket.save(update_fields=POSTED_FIELDS)
    touch_search(ticket)
    record_event(
        ticket,
        Event.Kind.MESSAGE_RECEIVED,
        actor=actor,
        now=now,
        message=message,
        channel=incoming.channel,
        automatic=message.is_automatic,
        held=message.is_held,
    )
    _resume(ticket, message, actor=actor, now=now)
    emit(MessageReceived(ticket=ticket, message=message, actor=actor, now=now))
    return message


@transaction.atomic
def reply(ticket: Ticket, *, answer: Answer, actor: Actor, now: datetime) -> Message:
    """Answer the customer; the mail leaves after the undo time.

    Raises StaleReply when `answer.seen` is older than the newest message, and ValidationError for
    recipients of two merged tickets who must not read each other. Emits ReplyPosted.
    """
    door = lock_ticket(ticket)
    ticket = survivor_of(door)
    refuse_stale(ticket, answer.seen)
    before = _undo_facts(ticket)
    post = Post(
        kind=Message.Kind.REPLY,
        channel=answer.channel,
        author=staff_author(actor),
        content=answer.content,
        recipients=answer.recipients,
        origin=origin_of_reply(door, ticket, answer.recipients),
    )
    message = insert_message(ticket, post, actor=actor, now=now)
    _unpin(ticket, actor)
    touch_search(ticket)
    kind = Event.Kind.REPLIED
    said = new_event(ticket, kind, actor=actor, now=now, message=message, before=before)
    changes = _changes_after(ticket, answer, actor)
    ticket = apply_changes(
        ticket,
        changes=changes,
        actor=actor,
        now=now,
        unsaved=(*POSTED_FIELDS, "handover"),
        said=(said,),
    )
    if actor.user is not None and answer.ends_draft:
        discard_draft(ticket, user=actor.user, now=now)
    _tell_reply(message, answer, actor=actor, now=now)
    return message


@transaction.atomic
def add_note(
    ticket: Ticket,
    *,
    content: Content,
    actor: Actor,
    now: datetime,
    author: Author | None = None,
) -> Message:
    """Write an internal note: it never leaves by any exit (X-37). Emits NoteAdded.

    `author` names somebody else than the actor, such as an unproved sender of mail.
    """
    ticket = survivor_of(lock_ticket(ticket))
    post = note_post(content, actor, author=author)
    message = insert_message(ticket, post, actor=actor, now=now)
    ticket.save(update_fields=POSTED_FIELDS)
    touch_search(ticket)
    record_event(ticket, Event.Kind.NOTE_ADDED, actor=actor, now=now, message=message)
    if actor.user is not None:
        discard_draft(ticket, user=actor.user, now=now, kind=Message.Kind.NOTE)
    emit(NoteAdded(ticket=ticket, message=message, actor=actor, now=now))
    return message


def note_post(content: Content, actor: Actor, *, author: Author | None = None) -> Post:
    """A note about to be written by `actor`, or in the name of `author`."""
    return Post(
        kind=Message.Kind.NOTE,
        channel=Channel.EMAIL if author else Channel.MANUAL,
        author=author or staff_author(actor),
        content=content,
    )


@transaction.atomic
def release_message(message: Message, *, actor: Actor, now: datetime) -> Message:
    """Let the customer see a message that waited for approval (X-03). Emits MessageReleased."""
    ticket = lock_ticket(message.ticket)
    message = Message.objects.select_for_update().get(pk=message.pk)
    if not message.is_held or message.delivery_state == Message.DeliveryState.WITHDRAWN:
        return message
    message.is_held = False
    message.save(update_fields=["is_held"])
    ticket.waiting_since = ticket.waiting_since or now
    if not message.is_automatic:
        said_at = message.created_at
        ticket.last_human_at = max(ticket.last_human_at or said_at, said_at)
    settle(ticket, now=now).save(update_fields=POSTED_FIELDS)
    record_event(ticket, Event.Kind.RELEASED, actor=actor, now=now, message=message)
    emit(MessageReleased(ticket=ticket, message=message, actor=actor, now=now))
    return message


def survivor_of(ticket: Ticket) -> Ticket:
    """The ticket this one was merged into, locked; itself when it was not."""
    while ticket.merged_into is not None:
        ticket = lock_ticket(ticket.merged_into)
    return ticket


def _tell_reply(message: Message, answer: Answer, *, actor: Actor, now: datetime) -> None:
    emit(
        ReplyPosted(
            ticket=message.ticket,
            message=message,
            actor=actor,
            now=now,
            leaves_at=now + timedelta(seconds=options.value("tickets.undo_seconds")),
            is_notice=answer.is_notice,
        )
    )


def _is_past_reopening(ticket: Ticket, incoming: Incoming, now: datetime) -> bool:
    if incoming.author.is_automatic or incoming.author.is_held:
        return False
    return ticket.deleted_at is not None or is_past_reopening(ticket, now=now)


def _follow_up(ticket: Ticket, incoming: Incoming, *, actor: Actor, now: datetime) -> Message:
    opening = Opening(
        customer=actor.customer or ticket.customer,
        department=ticket.department,
        subject=ticket.subject,
        content=incoming.content,
        channel=incoming.channel,
        author=incoming.author,
        recipients=incoming.recipients,
        service=ticket.service,
    )
    follower = open_ticket(opening, actor=actor, now=now)
    insert_link(follower, target=ticket, kind=TicketLink.Kind.FOLLOWS, actor=actor, now=now)
    return Message.objects.select_related("ticket").get(ticket=follower)


def _post(incoming: Incoming, origin: Ticket | None) -> Post:
    return Post(
        kind=Message.Kind.INBOUND,
        channel=incoming.channel,
        author=incoming.author,
        content=incoming.content,
        recipients=incoming.recipients,
        origin=origin,
    )


def _resume(ticket: Ticket, message: Message, *, actor: Actor, now: datetime) -> None:
    """A person's answer reopens and resumes; an automatic or held one does not (mail.md 40)."""
    if message.is_automatic or message.is_held:
        return
    if ticket.snoozed_until is not None:
        rouse(ticket, actor=actor, now=now)
    resting = (Kind.WAITING_CUSTOMER, Kind.RESOLVED, Kind.CLOSED)
    if ticket.status.kind in resting and not ticket.is_spam:
        ticket.waiting_since = now
        changes = Changes(status=default_status(Kind.OPEN))
        apply_changes(ticket, changes=changes, actor=actor, now=now)


def refuse_stale(ticket: Ticket, seen: int | None) -> None:
    """Raise StaleReply when there are messages newer than the last one `seen` (N7)."""
    if seen is None or ticket.last_message_id is None or ticket.last_message_id <= seen:
        return
    raise StaleReply(list(ticket.messages.filter(pk__gt=seen).order_by("pk")[:20]))


def staff_author(actor: Actor) -> Author:
    """How staff stand on their messages; what a rule writes is automatic."""
    author = Author(name=actor.name, email=actor.user.email if actor.user else "")
    return author if actor.is_human_staff else replace(author, is_automatic=True)


def _unpin(ticket: Ticket, actor: Actor) -> None:
    """The receiver of a hand-over note has answered: it need not stand on top any more (R182)."""
    note = ticket.handover
    if note is not None and actor.user is not None and note.author_user_id != actor.user.pk:
        ticket.handover = None


def _undo_facts(ticket: Ticket) -> dict[str, object]:
    """What `withdraw_reply` puts back."""
    return {
        "status": ticket.status_id,
        "assignee": ticket.assignee_id,
        "waiting_since": ticket.waiting_since and ticket.waiting_since.isoformat(),
        "last_staff_at": ticket.last_staff_at and ticket.last_staff_at.isoformat(),
        "first_response": ticket.first_responded_at is None,
    }


def _changes_after(ticket: Ticket, answer: Answer, actor: Actor) -> Changes:
    changes = Changes() if answer.after is None else Changes(status=answer.after)
    if not answer.takes_ticket or ticket.assignee_id is not None or actor.user is None:
        return changes
    if options.value("tickets.assign_on_reply"):
        changes = replace(changes, assignee=actor.user)
    return changes
