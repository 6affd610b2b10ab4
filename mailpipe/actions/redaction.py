"""What mail keeps of a redacted message is given up with it: raw mails, mails that left."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from core.models import Delivery
from mailpipe.models import InboundMail, OutgoingMail
from tickets.actions import mark_delivery
from tickets.actions.delivery import DeliveryNews
from tickets.actions.redaction import drop_files
from tickets.conversations import split_family
from tickets.events import MessageRedacted
from tickets.models import Message
from tickets.redacting import tells


def redact_copies(event: MessageRedacted) -> None:
    """Forget the raw mails that carried it, and the bodies of mails that quoted it.

    A mail that has not left and would carry it never leaves.
    """
    _forget_raw_mails(event)
    if not event.passages:
        return
    tickets = {event.message.conversation.pk, *(row.pk for row in split_family(event.ticket))}
    rows = OutgoingMail.objects.select_for_update(of=("self",)).filter(ticket__in=tickets)
    for row in rows.select_related("message"):
        if row.message_id in event.touched or tells(row.text, event.passages):
            _blank(row, event)


def _blank(row: OutgoingMail, event: MessageRedacted) -> None:
    """The line stays: who got a mail, when, and what became of it."""
    is_own = row.message_id == event.message.pk
    row.text, row.html = (event.message.text, "") if row.composed_at else ("", "")
    if row.state == Delivery.State.PENDING and is_own:
        row.state = Delivery.State.CANCELLED
    elif row.state == Delivery.State.PENDING:
        # It is written anew from what the ticket says now.
        row.text, row.composed_at = "", None
    row.save(update_fields=["text", "html", "state", "composed_at"])
    if row.state == Delivery.State.CANCELLED and row.message is not None and is_own:
        failed = DeliveryNews(state=Message.DeliveryState.FAILED, detail=event.message.text)
        mark_delivery(row.message, news=failed, actor=event.actor, now=event.now)


def _forget_raw_mails(event: MessageRedacted) -> None:
    """Also those that came twice: their lines name the same words."""
    carried = InboundMail.objects.filter(message__in=event.touched)
    words = [digest for digest in carried.values_list("body_sha256", flat=True) if digest]
    again = Q(ticket=event.ticket, body_sha256__in=words)
    rows = InboundMail.objects.filter(Q(message__in=event.touched) | again, raw_deleted_at=None)
    digests = list(rows.values_list("stored_as", flat=True))
    rows.update(raw_deleted_at=event.now)
    transaction.on_commit(lambda: drop_files(digests, now=event.now))
