"""Redaction: what is taken out is gone everywhere, and it is on record who did it and why."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from core import files
from core.models import AuditEntry
from mailpipe.dispatch import send_due
from mailpipe.models import InboundMail, OutgoingMail
from notifications.models import Notification
from tests.factories import make_reply, make_ticket
from tests.mailpipe.letters import letter, receive
from tests.tickets.test_forwarding import forward
from tickets.actions import assign_ticket, redact_attachment, redact_message
from tickets.actors import Actor
from tickets.content import Content, NewFile
from tickets.models import Attachment, Draft, Message, SearchDocument, Ticket
from tickets.search import matching, write_stale_documents

pytestmark = pytest.mark.django_db
SECRET = "My card is 4111 1111 1111 1111"


def url(message: Message, part: str = "redaction") -> str:
    return f"/admin/tickets/ticket/{message.ticket.number}/messages/{message.pk}/{part}"


def redact(message: Message, user, reason: str = "Card number") -> Message:
    actor = Actor.of_user(user)
    return redact_message(message, reason=reason, actor=actor, now=timezone.now())


@pytest.fixture
def mail(technical, cleo) -> InboundMail:
    """A mail that should never have been written."""
    return receive(letter(f"{SECRET}\r\nPlease charge it."))


@pytest.fixture
def stored() -> NewFile:
    kept = files.put(b"passport scan")
    old = (timezone.now() - timedelta(hours=1)).timestamp()
    os.utime(files.path_of(kept.sha256), (old, old))
    return NewFile(filename="passport of cleo.txt", content_type="text/plain", stored=kept)


def everything_kept(ticket: Ticket) -> str:
    """All columns that ever held what a message says."""
    ticket.refresh_from_db()
    kept = [
        *Message.objects.values_list("text", "html", "quoted_text", "quoted_html"),
        *OutgoingMail.objects.values_list("text", "html"),
        *Draft.objects.values_list("text"),
        *Notification.objects.values_list("title", "body"),
        *ticket.events.values_list("data"),
        *AuditEntry.objects.values_list("before", "after"),
        ticket.last_message_preview,
    ]
    return str(kept)


@pytest.fixture
def quoted(mail, ada, max_) -> Ticket:
    """The ticket after everybody has repeated what should never have been written."""
    ticket, now = mail.ticket, timezone.now()
    assign_ticket(ticket, assignee=ada, actor=Actor.of_user(max_), now=now)
    tag = f"[Ticket ID: {ticket.number}]"
    receive(letter(f"Any news?\r\n\r\nOn Monday we wrote:\r\n> {SECRET}", Subject=tag))
    make_reply(ticket, ada, text=f"You wrote:\n\n> {SECRET}\n\nWe do not need it.")
    forward(ticket, ada, mail.message)
    draft = {"kind": "note", "text": f"> {SECRET}\nmine", "updated_at": now}
    Draft.objects.create(ticket=ticket, user=ada, **draft)
    for minutes in (1, 2):
        send_due(now=lambda later=minutes: timezone.now() + timedelta(minutes=later))
    write_stale_documents(now)
    return ticket


def test_redacted_words_are_gone_from_every_place(quoted, mail, max_):
    assert everything_kept(quoted).count("4111") > 8
    redact(mail.message, max_)
    write_stale_documents(timezone.now())
    assert "4111" not in everything_kept(quoted)
    assert not matching(Ticket.objects.all(), "4111").exists()


def test_what_others_wrote_themselves_stays(quoted, mail, max_):
    redact(mail.message, max_)
    kept = everything_kept(quoted)
    for words in ("Any news?", "We do not need it.", "Do you know this error?"):
        assert words in kept
    assert Draft.objects.get(kind="note").text.endswith("mine")


def test_row_stays_and_names_who_and_when(mail, max_):
    before = Message.objects.get(pk=mail.message.pk)
    message = redact(before, max_)
    assert message.text.startswith("Redacted by Max on ")
    assert (message.author_email, message.created_at) == (before.author_email, before.created_at)
    event = message.ticket.events.get(kind="redacted")
    assert event.data == {"reason": "Card number", "what": "message"}
    entry = AuditEntry.objects.get(verb="redacted")
    assert (entry.actor, entry.after["reason"]) == (max_, "Card number")


def test_raw_mail_can_be_opened_no_more(mail, max_, sign_in):
    redact(mail.message, max_)
    mail.refresh_from_db()
    assert mail.raw_deleted_at is not None
    client = sign_in(max_)
    assert client.get(url(mail.message, "download")).status_code == 404
    assert "4111" not in client.get(url(mail.message, "frame")).content.decode()


def test_search_forgets_at_once(mail, max_):
    write_stale_documents(timezone.now())
    redact(mail.message, max_)
    assert SearchDocument.objects.get(ticket=mail.ticket).vector is None


def test_file_goes_from_the_store_when_nothing_else_has_it(
    cleo, technical, max_, ada, stored, django_capture_on_commit_callbacks
):
    ticket = make_ticket(cleo, technical, content=Content(text="My passport", files=(stored,)))
    forward(ticket, ada, ticket.messages.get())
    row = ticket.messages.first().attachments.get()
    with django_capture_on_commit_callbacks(execute=True):
        redact_attachment(row, reason="Not ours", actor=Actor.of_user(max_), now=timezone.now())
    assert not files.exists(stored.stored.sha256)
    assert not Attachment.objects.kept().exists()
    assert Attachment.objects.filter(filename="").count() == 2
    assert ticket.messages.first().text == "My passport"


def test_file_stays_while_another_ticket_has_it(
    cleo, otto, technical, max_, stored, django_capture_on_commit_callbacks
):
    ticket = make_ticket(cleo, technical, content=Content(text="Mine", files=(stored,)))
    make_ticket(otto, technical, content=Content(text="The same", files=(stored,)))
    with django_capture_on_commit_callbacks(execute=True):
        redact(ticket.messages.get(), max_)
    assert files.exists(stored.stored.sha256)
    assert Attachment.objects.kept().count() == 1


def test_redacted_file_is_shown_as_such_and_opens_for_nobody(
    cleo, technical, max_, stored, sign_in
):
    ticket = make_ticket(cleo, technical, content=Content(text="My passport", files=(stored,)))
    row = ticket.messages.get().attachments.get()
    client = sign_in(max_)
    address = f"/attachments/{row.pk}/x"
    assert client.get(address).status_code == 200
    response = client.post(url(row.message), {"what": str(row.pk), "reason": "Not ours"})
    assert response.status_code == 303
    assert client.get(address).status_code == 404
    assert sign_in(cleo).get(address).status_code == 404
    page = client.get(f"/admin/tickets/ticket/{ticket.number}").content.decode()
    assert "Redacted file" in page
    assert "passport of cleo" not in page


def test_reply_that_waits_to_leave_never_does(ada, max_, cleo, technical):
    reply = make_reply(make_ticket(cleo, technical), ada, text=SECRET)
    redact(reply, max_)
    row = OutgoingMail.objects.get(message=reply)
    assert (row.state, row.message.delivery_state) == ("cancelled", "failed")


def test_page_warns_keeps_what_was_typed_and_needs_a_reason(mail, max_, sign_in):
    client = sign_in(max_)
    page = client.get(url(mail.message)).content.decode()
    assert "can&#x27;t be undone" in page
    refused = client.post(url(mail.message), {"what": "message", "reason": " "})
    assert refused.status_code == 422
    mail.message.refresh_from_db()
    assert not mail.message.is_redacted
    done = client.post(url(mail.message), {"what": "message", "reason": "Card number"})
    assert done.status_code == 303
    assert client.get(url(mail.message)).status_code == 404


def test_agents_are_neither_offered_nor_allowed_to_redact(mail, ada, sign_in):
    client = sign_in(ada)
    assert client.get(url(mail.message)).status_code == 404
    assert client.post(url(mail.message), {"what": "message", "reason": "x"}).status_code == 404
    page = client.get(f"/admin/tickets/ticket/{mail.ticket.number}").content.decode()
    assert "/redaction" not in page


def test_twice_is_once(mail, max_):
    redact(mail.message, max_)
    redact(mail.message, max_)
    assert mail.ticket.events.filter(kind="redacted").count() == 1
