"""A forward as the third party gets it, and its answer as it comes back (X-37)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core.models import Delivery
from mailpipe.dispatch import send_due
from mailpipe.health import check_replies
from mailpipe.models import OutgoingMail
from notifications.models import Notification
from tests.factories import make_inbound, make_note, make_reply, make_ticket
from tests.mailpipe.letters import letter, receive
from tests.tickets.test_forwarding import VENDOR, forward
from tickets.actions import assign_ticket
from tickets.actors import Actor
from tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db
FROM_VENDOR = f"Vera <{VENDOR}>"


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def leave() -> None:
    send_due(now=lambda: timezone.now() + timedelta(minutes=1))


@pytest.fixture
def sent(ada, ticket, sink) -> OutgoingMail:
    """The forward, as it arrived at the vendor's."""
    make_note(ticket, ada, text="Canary of the house")
    make_inbound(ticket, text="Canary of the customer")
    forward(ticket, ada, ticket.messages.first())
    leave()
    return OutgoingMail.objects.get(message__kind="forward")


def test_third_party_gets_the_source_and_nothing_else_of_the_ticket(sent, sink, ticket):
    assert sent.state == Delivery.State.SENT
    assert sent.subject == f"[Ticket ID: {ticket.number}] Fwd: Espresso line down"
    for body in (sent.text, sent.html):
        assert "Do you know this error?" in body
        assert "Both machines show E-17." in body
        assert "Canary" not in body
        assert "/t/" not in body
        assert "ref:t." not in body
    assert "References" not in sent.headers
    assert sent.message.delivery_state == Message.DeliveryState.SENT
    (taken,) = sink.taken
    assert taken.recipients == [VENDOR]
    assert taken.mail["Reply-To"] == sent.reply_to


def test_answer_to_the_forward_becomes_a_note_beside_it(sent, ticket, ada):
    assign_ticket(ticket, assignee=ada, actor=Actor.system("test"), now=timezone.now())
    mail = receive(
        letter("Replace the valve.", From=FROM_VENDOR, In_Reply_To=sent.identifier),
        recipient=sent.reply_to,
        sender=VENDOR,
    )
    note = mail.message
    assert (mail.outcome, mail.ticket) == ("reply", ticket)
    assert (note.kind, note.source, note.author_email) == ("note", sent.message, VENDOR)
    assert not note.is_held
    told = Notification.objects.filter(user=ada, kind="ticket.customer_replied").latest("pk")
    assert "Replace the valve." not in told.body
    assert OutgoingMail.objects.count() == 1


@pytest.mark.parametrize("evidence", ["address", "message id"])
def test_either_evidence_alone_keeps_it_inside(sent, ticket, evidence):
    to = {"recipient": sent.reply_to} if evidence == "address" else {"In_Reply_To": sent.identifier}
    assert receive(From=FROM_VENDOR, sender=VENDOR, **to).message.kind == "note"


def test_customer_who_got_a_copy_still_speaks_as_the_customer(sent, ticket):
    message = receive(recipient=sent.reply_to, Subject="Re: Fwd").message
    assert (message.kind, message.ticket) == ("inbound", ticket)


def test_third_party_who_follows_the_ticket_stays_inside_too(sent, ticket):
    ticket.followers.create(email=VENDOR)
    assert receive(recipient=sent.reply_to, From=FROM_VENDOR).message.kind == "note"


def test_mail_to_the_customer_names_nothing_of_the_talk(sent, ticket, ada):
    receive(
        letter("Replace the valve.", From=FROM_VENDOR, Message_ID="<v1@vendor.example>"),
        recipient=sent.reply_to,
    )
    make_reply(ticket, ada)
    leave()
    mail = OutgoingMail.objects.get(message__kind="reply")
    words = f"{mail.headers} {mail.text} {mail.html} {mail.to} {mail.cc}"
    for secret in (
        sent.identifier,
        "v1@vendor.example",
        VENDOR,
        "Replace the valve.",
        "this error",
    ):
        assert secret not in words


def test_forward_to_nobody_has_no_mail(ticket, ada):
    message = forward(ticket, ada)
    Message.objects.filter(pk=message.pk).update(recipients_to=[])
    OutgoingMail.objects.all().delete()
    assert check_replies(repair=True) == []
