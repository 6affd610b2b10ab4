"""What a ticket tells of its messages, after some of them came or went."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Max, Q

from core.text import excerpt
from tickets.actions.posting import POSTED_FIELDS
from tickets.attention import settle
from tickets.models import Message, Ticket
from tickets.models.message import INTERNAL_KINDS

_SAID = ~Q(kind__in=INTERNAL_KINDS) & Q(is_automatic=False, is_held=False)


def retell(ticket: Ticket, *, now: datetime, also: tuple[str, ...] = ()) -> Ticket:
    """Count and show the messages anew, settle, and save that with the columns of `also`."""
    facts = ticket.messages.aggregate(
        count=Count("pk"),
        last=Max("pk"),
        said_at=Max("created_at", filter=_SAID),
        asked_at=Max("created_at", filter=_SAID & Q(kind=Message.Kind.INBOUND)),
        answered_at=Max("created_at", filter=_SAID & Q(kind=Message.Kind.REPLY)),
    )
    newest = ticket.messages.exclude(kind__in=INTERNAL_KINDS).order_by("-pk").first()
    ticket.message_count, ticket.last_message_id = facts["count"], facts["last"]
    ticket.last_human_at = facts["said_at"]
    ticket.last_customer_at, ticket.last_staff_at = facts["asked_at"], facts["answered_at"]
    ticket.last_message_at = newest.created_at if newest else None
    ticket.last_message_preview = excerpt(newest.text, 160) if newest else ""
    ticket.last_message_by = _side(newest)
    settle(ticket, now=now).save(update_fields={*POSTED_FIELDS, *also})
    return ticket


def _side(message: Message | None) -> str:
    if message is None:
        return ""
    return "customer" if message.kind == Message.Kind.INBOUND else "staff"


def waits_since(ticket: Ticket) -> datetime | None:
    """The oldest message of a customer that no reply of staff has followed."""
    said = ticket.messages.filter(is_automatic=False, is_held=False)
    answered = said.filter(kind=Message.Kind.REPLY).aggregate(last=Max("pk"))["last"] or 0
    asked = said.filter(kind=Message.Kind.INBOUND, pk__gt=answered)
    return asked.order_by("pk").values_list("created_at", flat=True).first()
