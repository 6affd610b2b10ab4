"""From a customer's form, its files stored, to the ticket actions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import translation

from customers.actions import find_or_create_customer
from customers.models import Customer
from tickets.actions import Opening, open_ticket, receive_message
from tickets.actions.messages import Incoming
from tickets.actors import Actor
from tickets.content import Author, Content
from tickets.models import Message, Ticket
from tickets.models.ticket import Channel

Facts = dict[str, Any]


def send_request(customer: Customer, *, facts: Facts, now: datetime) -> Ticket:
    """Open the ticket of a signed-in customer."""
    author = Author(name=customer.display_name, email=customer.email)
    return _opened(customer, author, facts, channel=Channel.PORTAL, now=now)


def send_contact(*, facts: Facts, now: datetime) -> Ticket:
    """Open the ticket of somebody who typed an address: unverified (X-04)."""
    language = translation.get_language() or ""
    customer = find_or_create_customer(
        facts["email"], name=facts["name"], language=language, now=now
    )
    author = Author(
        name=facts["name"],
        email=facts["email"],
        is_unverified=True,
        authentication={"consent": now.isoformat(timespec="seconds")},
    )
    return _opened(customer, author, facts, channel=Channel.FORM, now=now)


def send_answer(
    ticket: Ticket, *, customer: Customer, email: str, facts: Facts, now: datetime
) -> Message:
    """Add to a request; after the reopen window that is a new one (`message.ticket` tells)."""
    incoming = Incoming(
        content=_content(facts),
        author=Author(name=customer.display_name, email=email),
        channel=Channel.PORTAL,
    )
    return receive_message(ticket, incoming=incoming, actor=Actor.of_customer(customer), now=now)


def _opened(
    customer: Customer, author: Author, facts: Facts, *, channel: str, now: datetime
) -> Ticket:
    opening = Opening(
        customer=customer,
        department=facts["department"],
        service=facts.get("topic"),
        subject=facts["subject"],
        content=_content(facts),
        channel=channel,
        author=author,
        custom=facts.get("answers", {}),
    )
    return open_ticket(opening, actor=Actor.of_customer(customer), now=now)


def _content(facts: Facts) -> Content:
    return Content(text=facts["message"], files=facts["attachments"])
