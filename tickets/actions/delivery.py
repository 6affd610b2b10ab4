"""What became of a reply on its way out; the mail floor calls these after locking its own row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.dateparse import parse_datetime

from accounts.models import User
from core.events import emit
from tickets.actions.changes import Changes, apply_changes
from tickets.actions.drafts import recipients_of, restore_draft
from tickets.actions.posting import POSTED_FIELDS
from tickets.actions.record import lock_ticket, record_event
from tickets.actions.retelling import retell
from tickets.actors import Actor
from tickets.attention import settle
from tickets.events import DeliveryFailed, ReplyWithdrawn
from tickets.kept_files import facts_of_attachments
from tickets.models import Draft, Event, Message, Status, Ticket


@dataclass(frozen=True, kw_only=True)
class DeliveryNews:
    """Where a message's mail stands, and the words for it."""

    state: str
    detail: str = ""


def mark_delivery(message: Message, *, news: DeliveryNews, actor: Actor, now: datetime) -> Message:
    """Show the delivery state on the message; emits DeliveryFailed when it failed for good."""
    if (message.delivery_state, message.delivery_detail) == (news.state, news.detail):
        return message
    return _show_delivery(message, news, actor=actor, now=now)


@transaction.atomic
def _show_delivery(message: Message, news: DeliveryNews, *, actor: Actor, now: datetime) -> Message:
    if news.state == Message.DeliveryState.FAILED:
        ticket = lock_ticket(message.ticket)
        record_event(
            ticket,
            Event.Kind.DELIVERY_FAILED,
            actor=actor,
            now=now,
            message=message,
            detail=news.detail,
        )
        emit(
            DeliveryFailed(ticket=ticket, message=message, actor=actor, now=now, detail=news.detail)
        )
    message.delivery_state = news.state
    message.delivery_detail = news.detail[:300]
    if news.state == Message.DeliveryState.SENT:
        message.sent_at = now
    message.save(update_fields=["delivery_state", "delivery_detail", "sent_at"])
    return message


@transaction.atomic
def note_sent_again(message: Message, *, actor: Actor, now: datetime) -> Message:
    """Somebody lets the message leave once more: it is on its way again, and on record."""
    record_event(message.ticket, Event.Kind.SENT_AGAIN, actor=actor, now=now, message=message)
    queued = DeliveryNews(state=Message.DeliveryState.QUEUED)
    return mark_delivery(message, news=queued, actor=actor, now=now)


@transaction.atomic
def withdraw_reply(message: Message, *, actor: Actor, now: datetime) -> Ticket:
    """Take a reply back that has not left: its text becomes the draft again (N18).

    What the reply changed on the ticket is put back unless something was said since.
    The caller holds the outgoing row. Emits ReplyWithdrawn.
    """
    ticket = lock_ticket(message.ticket)
    message = Message.objects.select_for_update().get(pk=message.pk)
    if message.delivery_state == Message.DeliveryState.WITHDRAWN:
        return ticket
    message.delivery_state = Message.DeliveryState.WITHDRAWN
    message.is_held = True
    message.save(update_fields=["delivery_state", "is_held"])
    # Clocks follow replies alone: what went to a third party never answered the customer.
    kind = Event.Kind.FORWARD_WITHDRAWN if message.is_forward else Event.Kind.REPLY_WITHDRAWN
    record_event(ticket, kind, actor=actor, now=now, message=message)
    said = ticket.messages.public().filter(is_automatic=False)
    ticket.last_human_at = said.aggregate(latest=Max("created_at"))["latest"]
    ticket.save(update_fields=["last_human_at"])
    if ticket.last_message_id == message.pk and not message.is_forward:
        ticket = _put_back(ticket, message, actor=actor, now=now)
    if message.author_user is not None:
        restore_draft(ticket, user=message.author_user, back=_as_draft(message), now=now)
    emit(ReplyWithdrawn(ticket=ticket, message=message, actor=actor, now=now))
    return ticket


def _as_draft(message: Message) -> Draft:
    """What was written, the texts it was made of, and what it promised."""
    uses = message.predefined_uses.exclude(predefined=None).order_by("pk")
    promise = message.promises_made.open().first()
    return Draft(
        kind=message.kind,
        text=message.text,
        recipients=recipients_of(message),
        files=facts_of_attachments(message.attachments.kept()),
        predefined=list(uses.values_list("predefined", flat=True)),
        promise_due_at=promise.due_at if promise else None,
    )


def _put_back(ticket: Ticket, message: Message, *, actor: Actor, now: datetime) -> Ticket:
    sent = Event.objects.filter(ticket=ticket, message=message, kind=Event.Kind.REPLIED).first()
    if sent is None:  # said in another ticket, which was merged into this one since
        return retell(ticket, now=now)
    before: dict[str, Any] = sent.data["before"]
    ticket.waiting_since = _moment(before["waiting_since"])
    ticket.last_staff_at = _moment(before["last_staff_at"])
    if before["first_response"]:
        ticket.first_responded_at = None
    _show_previous(ticket, message)
    settle(ticket, now=now).save(update_fields=POSTED_FIELDS)
    changes = Changes(
        status=Status.objects.get(pk=before["status"]),
        assignee=User.objects.filter(pk=before["assignee"]).first(),
    )
    waiting_since = ticket.waiting_since
    ticket = apply_changes(ticket, changes=changes, actor=actor, now=now)
    ticket.waiting_since = waiting_since
    settle(ticket, now=now).save(update_fields=POSTED_FIELDS)
    return ticket


def _show_previous(ticket: Ticket, message: Message) -> None:
    previous = ticket.messages.public().filter(pk__lt=message.pk).order_by("-pk").first()
    ticket.last_message_at = previous.created_at if previous else None
    ticket.last_message_preview = previous.text[:160] if previous else ""
    ticket.last_message_by = "" if previous is None else _side(previous)


def _side(message: Message) -> str:
    return "customer" if message.kind == Message.Kind.INBOUND else "staff"


def _moment(text: str | None) -> datetime | None:
    return parse_datetime(text) if text else None
