"""Rows of the outbox, written in the transaction that causes the mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.inserting import insert
from core.pokes import poke
from mailpipe.identity import new_message_id
from mailpipe.models import OutgoingMail
from mailpipe.secrets import seal_link
from mailpipe.sender import sender_address
from mailpipe.tokens import Scope
from tickets.actions import mark_delivery
from tickets.actions.delivery import DeliveryNews
from tickets.actions.posting import LEAVING_KINDS
from tickets.actors import Actor
from tickets.content import Recipients
from tickets.models import Message, Ticket

OUTBOX = Actor.system("Outbox")
SEND = "mailpipe.send"


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A mail about a ticket that the product itself writes; `link` is for its reader alone."""

    kind: str
    key: str
    to: tuple[str, ...]
    subject: str
    text: str
    html: str = ""
    link: str = ""


def queue_reply(message: Message, *, leaves_at: datetime, now: datetime) -> OutgoingMail | None:
    """Put a reply or a forward on its way; what it looks like is settled when it leaves.

    Notes and held messages never come past here (X-37). What goes to nobody has no row.
    """
    recipients = _recipients(message)
    if message.kind not in LEAVING_KINDS or message.is_held or not recipients.all():
        return None
    # By the name its reader knows: what another customer's ticket was before the merge.
    ticket = message.conversation
    row = OutgoingMail(
        idempotency_key=f"message:{message.pk}",
        kind=OutgoingMail.Kind.REPLY,
        ticket=ticket,
        message=message,
        department=message.ticket.department,
        identifier=new_message_id(
            ticket, home=sender_address(message.ticket.department), scope=scope_of(message)
        ),
        to=list(recipients.to),
        cc=list(recipients.cc),
        bcc=list(recipients.bcc),
        subject=ticket.subject,
        due_at=leaves_at,
        created_at=now,
    )
    insert(row)
    queued = DeliveryNews(state=Message.DeliveryState.QUEUED)
    mark_delivery(message, news=queued, actor=OUTBOX, now=now)
    if leaves_at <= now:
        poke(SEND)
    return row


def queue_parcel(ticket: Ticket, *, parcel: Parcel, now: datetime) -> OutgoingMail:
    """Put a mail of our own on its way; the same `key` twice is one mail."""
    row = OutgoingMail(
        idempotency_key=parcel.key,
        kind=parcel.kind,
        ticket=ticket,
        department=ticket.department,
        identifier=new_message_id(ticket, home=sender_address(ticket.department)),
        to=list(parcel.to),
        subject=parcel.subject,
        text=parcel.text,
        html=parcel.html,
        sealed_body=seal_link(parcel.link) if parcel.link else None,
        due_at=now,
        created_at=now,
    )
    OutgoingMail.objects.bulk_create([row], ignore_conflicts=True)
    poke(SEND)
    return row


def scope_of(message: Message) -> Scope:
    """What an answer to this message may become."""
    return Scope.FORWARD if message.is_forward else Scope.TICKET


def _recipients(message: Message) -> Recipients:
    """Whom the author chose, else the requester and the followers; a forward has no others."""
    chosen = Recipients(
        to=tuple(message.recipients_to),
        cc=tuple(message.recipients_cc),
        bcc=tuple(message.recipients_bcc),
    )
    is_settled = message.is_forward or bool(chosen.all())
    return chosen if is_settled else default_recipients(message.conversation)


def default_recipients(ticket: Ticket) -> Recipients:
    """The requester, followers in copy, hidden followers in blind copy (R42)."""
    followers = list(ticket.followers.all())
    return Recipients(
        to=(ticket.customer.email,) if ticket.customer.email else (),
        cc=tuple(row.email for row in followers if not row.is_hidden),
        bcc=tuple(row.email for row in followers if row.is_hidden),
    )
