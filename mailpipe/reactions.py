"""What mail does when something happens to tickets: rows of the outbox, nothing else."""

from __future__ import annotations

from datetime import timedelta

from core import options
from core.events import on
from mailpipe.actions.outgoing import cancel_reply
from mailpipe.actions.receipts import send_receipt
from mailpipe.actions.redaction import redact_copies
from mailpipe.models import MessageIdentifier
from mailpipe.queueing import queue_reply
from tickets.events import (
    MessageForwarded,
    MessageRedacted,
    ReplyPosted,
    ReplyWithdrawn,
    TicketAdmitted,
    TicketSplit,
)
from tickets.models import Message, Ticket
from tickets.models.ticket import Channel

# By mail the intake itself decides, since it knows what kind of mail it was.
CONFIRMED_CHANNELS = (Channel.FORM, Channel.PORTAL)


@on(ReplyPosted)
def queue_posted_reply(event: ReplyPosted) -> None:
    queue_reply(event.message, leaves_at=event.leaves_at, now=event.now)


@on(MessageForwarded)
def queue_forward(event: MessageForwarded) -> None:
    queue_reply(event.message, leaves_at=event.leaves_at, now=event.now)


@on(MessageRedacted)
def forget_redacted_words(event: MessageRedacted) -> None:
    redact_copies(event)


@on(TicketAdmitted)
def answer_new_ticket(event: TicketAdmitted) -> None:
    """Staff wrote first: their words leave. A customer came by the web: a receipt (R39)."""
    if event.message.kind == Message.Kind.REPLY:
        undo = timedelta(seconds=options.value("tickets.undo_seconds"))
        queue_reply(event.message, leaves_at=event.now + undo, now=event.now)
    elif event.message.kind == Message.Kind.INBOUND and _is_confirmed(event.ticket):
        send_receipt(event.ticket, now=event.now)


def _is_confirmed(ticket: Ticket) -> bool:
    """By the channels where nobody has looked yet, unless mail came back before (mail.md 44)."""
    if ticket.channel not in CONFIRMED_CHANNELS:
        return False
    flagged = ticket.customer.addresses.exclude(undeliverable_at=None)
    return not flagged.filter(kind="email", value=ticket.customer.email).exists()


@on(TicketSplit)
def follow_split(event: TicketSplit) -> None:
    """Whoever answers a mail that moved writes into the ticket it moved to."""
    moved = MessageIdentifier.objects.filter(message__in=event.messages)
    moved.update(ticket=event.ticket)


@on(ReplyWithdrawn)
def cancel_withdrawn_reply(event: ReplyWithdrawn) -> None:
    cancel_reply(event.message)
