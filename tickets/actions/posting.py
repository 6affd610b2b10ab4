"""Putting one message into a ticket: body, files, and the columns the queue reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.inserting import insert
from core.text import excerpt
from tickets.actors import Actor
from tickets.attachment_text import note_files
from tickets.attention import SETTLED_FIELDS, settle
from tickets.content import Author, Content, Recipients, fill_body
from tickets.models import Attachment, Message, Ticket

# The columns `insert_message` may change on the ticket.
POSTED_FIELDS = (
    *SETTLED_FIELDS,
    "last_message_id",
    "last_message_at",
    "last_message_preview",
    "last_message_by",
    "message_count",
    "last_customer_at",
    "last_staff_at",
    "first_responded_at",
    "last_human_at",
)
# What leaves by mail: to the customer, or to a third party.
LEAVING_KINDS = (Message.Kind.REPLY, Message.Kind.FORWARD)


@dataclass(frozen=True, kw_only=True)
class Post:
    """One message about to be written."""

    kind: str
    channel: str
    author: Author
    content: Content
    recipients: Recipients = Recipients()
    source: Message | None = None
    origin: Ticket | None = None


def insert_message(ticket: Ticket, post: Post, *, actor: Actor, now: datetime) -> Message:
    """Insert the message and its files; sets POSTED_FIELDS on the ticket, the caller saves them."""
    message = Message(
        ticket=ticket,
        kind=post.kind,
        channel=post.channel,
        author_user=actor.user,
        author_customer=actor.customer,
        author_name=post.author.name[:160],
        author_email=post.author.email[:254],
        recipients_to=list(post.recipients.to),
        recipients_cc=list(post.recipients.cc),
        recipients_bcc=list(post.recipients.bcc),
        is_automatic=post.author.is_automatic,
        is_unverified=post.author.is_unverified,
        is_held=post.author.is_held,
        authentication=post.author.authentication,
        source=post.source,
        origin=post.origin,
        delivery_state=_first_delivery_state(post),
        created_at=now,
    )
    attachments = fill_body(message, post.content)
    insert(message)
    _insert_attachments(attachments, message)
    _show_on_ticket(ticket, message, now)
    _follow_conversation(ticket, message, actor=actor, now=now)
    settle(ticket, now=now)
    return message


def _first_delivery_state(post: Post) -> str:
    """Addressed, it is on its way with the row that the mail floor makes for it."""
    is_addressed = post.kind in LEAVING_KINDS and bool(post.recipients.all())
    return Message.DeliveryState.QUEUED if is_addressed and not post.author.is_held else ""


def _insert_attachments(attachments: list[Attachment], message: Message) -> None:
    for row in attachments:
        row.message = message
        row.created_at = message.created_at
    if attachments:
        Attachment.objects.bulk_create(attachments)
        note_files(attachments, now=message.created_at)


def _show_on_ticket(ticket: Ticket, message: Message, now: datetime) -> None:
    ticket.last_message_id = message.pk
    ticket.message_count += 1
    if message.is_internal:
        return
    ticket.last_message_at = now
    ticket.last_message_preview = excerpt(message.text, 160)
    ticket.last_message_by = "customer" if message.kind == Message.Kind.INBOUND else "staff"


def _follow_conversation(ticket: Ticket, message: Message, *, actor: Actor, now: datetime) -> None:
    """Who waits for whom now. Automatic and held messages change nothing (mail.md 40, X-03)."""
    if message.is_internal or message.is_automatic or message.is_held:
        return
    ticket.last_human_at = max(ticket.last_human_at or now, now)
    if message.kind == Message.Kind.INBOUND:
        ticket.last_customer_at = now
        ticket.waiting_since = ticket.waiting_since or now
        return
    ticket.last_staff_at = now
    ticket.waiting_since = None
    if actor.is_human_staff and ticket.first_responded_at is None and message.pk is not None:
        ticket.first_responded_at = now
