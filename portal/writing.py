"""From a customer's form to the ticket actions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from customers.models import Customer
from tickets.actions import Opening, open_ticket, receive_message
from tickets.actions.messages import Incoming
from tickets.actors import Actor
from tickets.content import Author, Content
from tickets.models import Message, Ticket
from tickets.models.ticket import Channel
from tickets.uploads import stored_files


def send_request(
    customer: Customer, facts: dict[str, Any], *, channel: str, now: datetime
) -> Ticket:
    """Open the ticket of a request form; one of a stranger is marked as unverified (X-04)."""
    author = Author(
        name=customer.display_name,
        email=customer.email,
        is_unverified=channel == Channel.FORM,
    )
    opening = Opening(
        customer=customer,
        department=facts["department"],
        service=facts["service"],
        subject=facts["subject"],
        content=_content(facts),
        channel=channel,
        author=author,
    )
    return open_ticket(opening, actor=Actor.of_customer(customer), now=now)


def send_answer(
    ticket: Ticket, *, customer: Customer, email: str, facts: dict[str, Any], now: datetime
) -> Message:
    """Add to a request; after the reopen window that is a new one (`message.ticket` tells)."""
    incoming = Incoming(
        content=_content(facts),
        author=Author(name=customer.display_name, email=email),
        channel=Channel.PORTAL,
    )
    return receive_message(ticket, incoming=incoming, actor=Actor.of_customer(customer), now=now)


def _content(facts: dict[str, Any]) -> Content:
    return Content(text=facts["message"], files=stored_files(facts["attachments"]))
