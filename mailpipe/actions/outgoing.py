"""What people do to mails on their way out: take back, send again, discard."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, outbox
from core.models import Delivery
from core.pokes import poke
from mailpipe.identity import new_message_id
from mailpipe.models import MessageIdentifier, OutgoingMail
from mailpipe.queueing import SEND, scope_of
from mailpipe.sender import sender_address
from tickets.actions import mark_delivery, withdraw_reply
from tickets.actions.delivery import DeliveryNews, note_sent_again
from tickets.actors import Actor
from tickets.models import Message, Ticket

DISCARDABLE = frozenset(["pending", "failed", "dead", "needs_review", "kept", "uncertain"])


class AlreadyLeft(Exception):
    """The mail is on its way or has arrived; it can't be taken back."""


@transaction.atomic
def undo_reply(message: Message, *, actor: Actor, now: datetime) -> Ticket:
    """Take back a reply that still waits (N18). Raises AlreadyLeft. Emits ReplyWithdrawn.

    The outgoing row is locked first, so that either this or the sender wins, never both.
    """
    row = OutgoingMail.objects.select_for_update(of=("self",)).filter(message=message).first()
    if row is None or row.state != Delivery.State.PENDING or row.attempts or row.sent_at:
        raise AlreadyLeft
    return withdraw_reply(message, actor=actor, now=now)


@transaction.atomic
def send_again(row: OutgoingMail, *, actor: Actor, now: datetime) -> OutgoingMail:
    """Try once more those recipients who have not got it, under the same Message-ID.

    Raises core.outbox.NotRedrivable when the mail is on its way, has arrived, or was withdrawn.
    """
    row = OutgoingMail.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if _reached_some(row):
        row.state = Delivery.State.FAILED
        row.save(update_fields=["state"])
    if row.state == Delivery.State.CANCELLED:
        raise outbox.NotRedrivable(row.state)
    row = outbox.redrive(row, actor=actor, now=now)
    row.recipient_results = {
        email: result
        for email, result in row.recipient_results.items()
        if result["state"] == "sent"
    }
    row.save(update_fields=["recipient_results"])
    _on_its_way(row, actor=actor, now=now)
    return row


@transaction.atomic
def send_once_more(row: OutgoingMail, *, actor: Actor, now: datetime) -> OutgoingMail:
    """Send everybody again what was sent: somebody says that it never came.

    A mail of its own, written anew: a mailbox drops a second one with the same Message-ID unseen,
    and the reader's own link is forgotten once it was sent. Raises core.outbox.NotRedrivable
    unless everybody's server had taken it.
    """
    row = OutgoingMail.objects.select_for_update(of=("self",)).get(pk=row.pk)
    message = row.message
    is_whole = row.state == Delivery.State.SENT and not _reached_some(row)
    if message is None or message.is_redacted or not is_whole:
        raise outbox.NotRedrivable(row.state)
    MessageIdentifier.objects.create(  # a report on the first one may still come
        key=MessageIdentifier.key_of(row.identifier),
        ticket=message.conversation,
        message=message,
        created_at=now,
    )
    row.state, row.recipient_results, row.composed_at = Delivery.State.FAILED, {}, None
    home = sender_address(message.ticket.department)
    row.identifier = new_message_id(message.conversation, home=home, scope=scope_of(message))
    row.subject, row.headers = message.conversation.subject, {}
    row.save()
    row = outbox.redrive(row, actor=actor, now=now)
    _on_its_way(row, actor=actor, now=now)
    return row


@transaction.atomic
def discard(row: OutgoingMail, *, actor: Actor, now: datetime) -> OutgoingMail:
    """Never send this mail. Raises AlreadyLeft when it is on its way or has arrived."""
    row = OutgoingMail.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if row.state not in DISCARDABLE:
        raise AlreadyLeft
    before = row.state
    row.state = Delivery.State.CANCELLED
    row.last_error = _("Discarded by %(name)s.") % {"name": actor.name}
    row.save(update_fields=["state", "last_error"])
    audit.record(
        "mail_discarded",
        row,
        actor=actor,
        before={"state": before},
        after={"state": row.state},
        now=now,
    )
    failed = DeliveryNews(state=Message.DeliveryState.FAILED, detail=row.last_error)
    _show(row, failed, actor=actor, now=now)
    return row


def cancel_reply(message: Message) -> None:
    """The reply was withdrawn: its mail never leaves."""
    OutgoingMail.objects.filter(message=message, state=Delivery.State.PENDING).update(
        state=Delivery.State.CANCELLED
    )


def _reached_some(row: OutgoingMail) -> bool:
    """Sent, but not to everybody: those left out may be tried again."""
    return row.state == Delivery.State.SENT and any(
        result["state"] == "failed" for result in row.recipient_results.values()
    )


def _on_its_way(row: OutgoingMail, *, actor: Actor, now: datetime) -> None:
    if row.message is not None:
        note_sent_again(row.message, actor=actor, now=now)
    poke(SEND)


def _show(row: OutgoingMail, news: DeliveryNews, *, actor: Actor, now: datetime) -> None:
    if row.message is not None:
        mark_delivery(row.message, news=news, actor=actor, now=now)
