"""Forwards: what a third party gets, what comes back, and that the customer learns of neither."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from core import files
from mailpipe.quotation import history
from tests.factories import make_inbound, make_note, make_reply, make_ticket
from tickets.actions import (
    Forward,
    NotForwardable,
    forward_message,
    receive_forward_answer,
    snooze_ticket,
    withdraw_reply,
)
from tickets.actions.guests import guest_url
from tickets.actors import Actor
from tickets.content import Author, Content, NewFile, Recipients
from tickets.models import Attachment, Message, Status, Ticket
from tickets.permissions import attachments_visible_to, messages_for_customer

pytestmark = pytest.mark.django_db
VENDOR = "parts@vendor.example"


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    photo = NewFile(
        filename="E-17.txt", content_type="text/plain", stored=files.put(b"the photo of E-17")
    )
    content = Content(text="Both machines show E-17.", files=(photo,))
    return make_ticket(cleo, technical, content=content)


def forward(ticket, user, source=None, text="Do you know this error?", now=None) -> Message:
    wanted = Forward(
        content=Content(text=text, is_markdown=True),
        recipients=Recipients(to=(VENDOR,)),
        source=source,
    )
    actor = Actor.of_user(user)
    return forward_message(ticket, forward=wanted, actor=actor, now=now or timezone.now())


def answer(sent: Message, text="Replace the valve.", **facts) -> Message:
    author = Author(name="Vera", email=VENDOR, **facts)
    actor = Actor.system("Mail intake")
    content = Content(text=text)
    now = timezone.now()
    return receive_forward_answer(sent, content=content, author=author, actor=actor, now=now)


def test_forward_carries_words_source_and_its_files(ticket, ada):
    sent = forward(ticket, ada, ticket.messages.get())
    assert (sent.kind, sent.text) == ("forward", "Do you know this error?")
    assert "Both machines show E-17." in sent.quoted_text
    assert "cleo@harbour.example" in sent.quoted_text
    assert [row.filename for row in sent.attachments.all()] == ["E-17.txt"]
    assert sent.outgoing_mail.to == [VENDOR]
    event = ticket.events.get(kind="forwarded")
    assert (event.message, event.data["to"]) == (sent, [VENDOR])


def test_forward_changes_nothing_for_the_customer(ticket, ada):
    before = Ticket.objects.get(pk=ticket.pk)
    forward(ticket, ada, ticket.messages.get())
    ticket.refresh_from_db()
    for name in (
        "status_id", "waiting_since", "last_staff_at", "first_responded_at", "last_message_preview",
        "last_message_by", "last_message_at", "last_human_at", "next_due_at",
    ):  # fmt: skip
        assert getattr(ticket, name) == getattr(before, name), name
    assert ticket.message_count == before.message_count + 1


def test_notes_and_messages_of_other_tickets_are_never_forwarded(ticket, ada, cleo, technical):
    other = make_ticket(cleo, technical).messages.get()
    held = make_inbound(ticket)
    Message.objects.filter(pk=held.pk).update(is_held=True)
    held.refresh_from_db()
    sent = forward(ticket, ada, ticket.messages.first())
    for source in (make_note(ticket, ada), other, held, sent):
        with pytest.raises(NotForwardable):
            forward(ticket, ada, source)


def test_customer_sees_neither_forward_nor_answer_nor_their_files(ticket, ada, cleo):
    sent = forward(ticket, ada, ticket.messages.get())
    answer(sent)
    assert [row.kind for row in messages_for_customer(ticket)] == ["inbound"]
    visible = attachments_visible_to(cleo.user, Attachment.objects.all())
    assert {row.message.kind for row in visible} == {"inbound"}
    said = make_reply(ticket, ada)
    assert [row.text for row in history(said)] == ["Both machines show E-17."]


def test_portal_shows_nothing_of_the_talk_with_the_vendor(ticket, ada, cleo, sign_in):
    answer(forward(ticket, ada, ticket.messages.get()))
    client = sign_in(cleo)
    guest = guest_url(ticket, email=cleo.email, now=timezone.now())
    for address in (
        f"/clients/ticket/{ticket.public_id}",
        "/clients/tickets",
        "/clients/tickets?q=valve",
        urlsplit(guest).path,
    ):
        page = client.get(address)
        assert page.status_code == 200, address
        for word in ("Do you know this error?", "Replace the valve.", VENDOR, "Vera"):
            assert word not in page.content.decode(), address


def test_answer_ends_waiting_for_the_third_party(ticket, ada):
    sent = forward(ticket, ada)
    waiting = Status.objects.get(slug="hold")
    Status.objects.filter(pk=waiting.pk).update(kind="waiting_third_party")
    waiting.refresh_from_db()
    Ticket.objects.filter(pk=ticket.pk).update(status=waiting, status_kind=waiting.kind)
    now = timezone.now()
    snooze_ticket(ticket, until=now + timedelta(days=1), actor=Actor.of_user(ada), now=now)
    answer(sent, is_automatic=True)
    ticket.refresh_from_db()
    assert ticket.snoozed_until is not None
    note = answer(sent)
    ticket.refresh_from_db()
    assert (note.kind, note.source) == ("note", sent)
    assert (ticket.status.kind, ticket.snoozed_until) == ("open", None)


def test_answer_of_a_merged_ticket_goes_to_the_survivor(ticket, ada, cleo, technical):
    sent = forward(ticket, ada)
    survivor = make_ticket(cleo, technical)
    Ticket.objects.filter(pk=ticket.pk).update(merged_into=survivor, is_open=False)
    assert answer(sent).ticket == survivor


def test_withdrawn_forward_never_leaves_and_touches_no_clock(ticket, ada):
    sent = forward(ticket, ada)
    withdraw_reply(sent, actor=Actor.of_user(ada), now=timezone.now())
    sent.refresh_from_db()
    assert (sent.delivery_state, sent.outgoing_mail.state) == ("withdrawn", "cancelled")
    assert ticket.events.filter(kind="forward_withdrawn").exists()
    assert not ticket.events.filter(kind="reply_withdrawn").exists()
    assert ada.drafts.get(kind="forward").text == "Do you know this error?"
