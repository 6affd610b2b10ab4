"""Replies on their way to the customer, over real SMTP."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from mailpipe.dispatch import send_due
from mailpipe.models import OutgoingMail
from tests.factories import make_inbound, make_reply, make_ticket
from tickets.content import Recipients

pytestmark = pytest.mark.django_db


def send_later(seconds: float = 60) -> int:
    """Send what is due in a while, so that the undo time is over."""
    moment = timezone.now() + timedelta(seconds=seconds)
    return send_due(now=lambda: moment)


def test_reply_reaches_the_customer(ada, cleo, technical, sink):
    ticket = make_ticket(cleo, technical)
    message = make_reply(ticket, ada, "Press **reset**.")
    assert send_due() == 0, "the undo time is not over"
    assert send_later() == 1
    mail = sink.taken[0]
    assert mail.recipients == ["cleo@harbour.example"]
    assert mail.mail["Subject"] == f"[Ticket ID: {ticket.number}] Re: Espresso line down"
    assert mail.mail["From"] == "Technical <tech@company.example>"
    assert "Press **reset**." in mail.text
    assert "<strong>reset</strong>" in mail.html
    message.refresh_from_db()
    assert message.delivery_state == "sent"
