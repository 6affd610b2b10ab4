"""A notice is answered by mail, and the answer stays among colleagues (mail.md 39)."""

from __future__ import annotations

import pytest

from mailpipe.models import OutgoingMail
from notifications.models import NoticeDelivery
from tests.factories import make_inbound, make_ticket, make_user
from tests.mailpipe.letters import letter, receive
from tickets.actions import assign_ticket
from tickets.actors import Actor
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
PROVED = "mx.company.example; dmarc=pass header.from=company.example"


@pytest.fixture
def ticket(ada, cleo, technical, settings) -> Ticket:
    settings.MAIL_AUTHSERV_ID = "mx.company.example"
    ticket = make_ticket(cleo, technical)
    actor = Actor.of_user(ada)
    return assign_ticket(ticket, assignee=ada, actor=actor, now=ticket.created_at)


def answer_of(ada, text: str) -> str:
    """Ada answers the notice she got by mail; returns the kind of what came of it."""
    row = NoticeDelivery.objects.get(user=ada, kind="ticket.customer_replied")
    raw = letter(text, From=f"Ada <{ada.email}>", Authentication_Results=PROVED)
    return receive(raw, recipient=row.mail_reply_to, sender=ada.email).message.kind


def test_an_answer_to_a_notice_is_a_note(ticket, ada):
    make_inbound(ticket, "Still down!")
    assert answer_of(ada, "I think it is the valve.") == "note"
    assert not OutgoingMail.objects.filter(kind="reply").exists()


def test_an_answer_to_a_notice_assigns(ticket, ada, technical):
    nina = make_user("Nina", "agent", technical)
    make_inbound(ticket, "Still down!")
    answer_of(ada, "#assign Nina")
    ticket.refresh_from_db()
    assert ticket.assignee == nina


def test_somebody_elses_address_is_not_believed(ticket, ada, ben):
    make_inbound(ticket, "Still down!")
    row = NoticeDelivery.objects.get(user=ada)
    raw = letter("Let me in", From=f"Ben <{ben.email}>", Authentication_Results=PROVED)
    mail = receive(raw, recipient=row.mail_reply_to, sender=ben.email)
    assert mail.message is None or mail.message.kind != "reply"
