"""Forms as browsers post them, colleagues of cleo, and what nobody outside may ever read."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer, Organisation
from portal import traps
from tests.factories import make_customer, make_user
from tickets.models import Ticket

Post = Callable[..., Any]


@pytest.fixture
def carl(harbour: Organisation) -> Customer:
    """A colleague of cleo."""
    user = make_user("Carl", "customer", email="carl@harbour.example")
    return make_customer("Carl", "carl@harbour.example", harbour, user=user)


@pytest.fixture
def sharing(harbour: Organisation) -> Organisation:
    """Harbour Foods lets its people read each other's requests."""
    harbour.shares_tickets = True
    harbour.save(update_fields=["shares_tickets"])
    return harbour


@pytest.fixture
def contact_facts(technical) -> dict[str, Any]:
    """A filled contact form, shown a minute ago."""
    return {
        "name": "Nora",
        "email": "nora@private.example",
        "department": str(technical.pk),
        "subject": "Grinder is loud",
        "message": "It screams since Monday.",
        "consent": "on",
        "website": "",
        "shown_at": traps.stamp(now=timezone.now() - timedelta(minutes=1)),
        "idempotency_key": str(uuid.uuid4()),
    }


@pytest.fixture
def write(contact_facts: dict[str, Any]) -> Post:
    """Post the contact form, changed as wanted."""

    def posted(client: Client | None = None, **changes: Any) -> Any:
        fresh = {"idempotency_key": str(uuid.uuid4())}
        return (client or Client()).post("/forms/ticket", contact_facts | fresh | changes)

    return posted


def words(page: Any) -> str:
    """The text of a page as people read it."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


def page_of(ticket: Ticket) -> str:
    """The address of one request."""
    return f"/clients/ticket/{ticket.public_id}"
