"""A ticket on paper: its head and its messages, internal ones only if asked for."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from desk.head import Property, properties_of
from desk.links import ticket_url
from desk.messages import MessageCard, Place, message_card
from tickets.models import Attachment, Message, Ticket
from tickets.permissions import messages_for_customer

LIMIT = 500


@dataclass(frozen=True, kw_only=True)
class PrintPage:
    """What is printed; `has_internal` says whether notes and forwards are among it."""

    number: str
    subject: str
    customer: str
    back_url: str
    properties: list[Property]
    cards: list[MessageCard]
    has_internal: bool
    left_out: int


def print_page(ticket: Ticket, *, has_internal: bool, now: datetime) -> PrintPage:
    """The newest LIMIT messages, oldest first; without internal ones what the customer may read."""
    messages = ticket.messages.all() if has_internal else messages_for_customer(ticket)
    count = messages.count()
    found = list(messages.order_by("-pk")[:LIMIT])[::-1]
    organisation = ticket.customer.organisation
    named = (
        ticket.customer.display_name,
        ticket.customer.email,
        organisation and organisation.name,
    )
    return PrintPage(
        number=f"#{ticket.number}",
        subject=ticket.subject,
        customer=" · ".join(part for part in named if part),
        back_url=ticket_url(ticket.number),
        properties=properties_of(ticket),
        cards=_cards(found, ticket.number, now),
        has_internal=has_internal,
        left_out=count - len(found),
    )


def _cards(messages: list[Message], number: int, now: datetime) -> list[MessageCard]:
    files: dict[int, list[Attachment]] = defaultdict(list)
    for row in Attachment.objects.filter(message__in=[message.pk for message in messages]):
        files[row.message_id].append(row)
    place = Place(number, has_menus=False)
    return [message_card(row, files[row.pk], place=place, now=now) for row in messages]
