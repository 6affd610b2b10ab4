"""Writing: replies, notes, drafts; nothing typed is lost, nothing is sent twice."""

from __future__ import annotations

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from mailpipe.models import OutgoingMail
from tests.factories import make_inbound, make_ticket, remembered_tables
from tickets import uploads
from tickets.actions.delivery import DeliveryNews, mark_delivery
from tickets.actors import Actor
from tickets.models import Attachment, Draft, Message, Status, Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "composer"}


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def url(ticket, part: str = "/messages") -> str:
    return f"/admin/tickets/ticket/{ticket.number}{part}"


def form(ticket, **fields) -> dict[str, object]:
    ticket.refresh_from_db()
    return {
        "kind": "reply",
        "text": "On our **way**.",
        "to": "cleo@harbour.example",
        "cc": "",
        "last_seen_message_id": ticket.last_message_id,
        "idempotency_key": str(uuid.uuid4()),
        **fields,
    }


def test_reply_without_scripts_sends_sets_status_and_leads_back(sign_in, ada, ticket):
    response = sign_in(ada).post(url(ticket), form(ticket))
    ticket.refresh_from_db()
    message = ticket.messages.get(kind="reply")
    assert response.status_code == 303
    assert response.headers["Location"] == f"{url(ticket, '')}?view=attention#message-{message.pk}"
    assert "<strong>way</strong>" in message.html
    assert message.recipients_to == ["cleo@harbour.example"]
    assert ticket.status.slug == "answered"
    assert ticket.assignee == ada
    assert message.delivery_state == "queued"


def test_reply_by_htmx_brings_a_fresh_composer_and_lets_the_thread_reload(sign_in, ada, ticket):
    response = sign_in(ada).post(url(ticket), form(ticket), headers=HTMX)
    assert response.status_code == 200
    assert b"**way**.</textarea>" not in response.content
    assert b'id="composer"' in response.content
    assert "hd:ticket-changed" in response.headers["HX-Trigger-After-Settle"]


@pytest.mark.parametrize(
    ("choice", "expected"), [("keep", "new"), ("closed", "closed"), ("hold", "hold")]
)
def test_status_after_sending_is_the_agents_choice(sign_in, ada, ticket, choice, expected):
    value = choice if choice == "keep" else Status.objects.get(slug=choice).pk
    sign_in(ada).post(url(ticket), form(ticket, status_after=value))
    ticket.refresh_from_db()
    assert ticket.status.slug == expected


def test_note_reaches_nobody(sign_in, ada, ticket):
    sign_in(ada).post(url(ticket), form(ticket, kind="note", text="Valve kit is out of stock."))
    note = ticket.messages.get(kind="note")
    assert note.recipients_to == []
    assert note.delivery_state == ""
    ticket.refresh_from_db()
    assert ticket.status.slug == "new"


def test_message_without_a_kind_is_refused(sign_in, ada, ticket):
    assert sign_in(ada).post(url(ticket), form(ticket, kind="")).status_code == 422
    assert ticket.messages.count() == 1


def test_stale_reply_is_refused_with_the_news_and_the_text_kept(sign_in, ada, ticket):
    fields = form(ticket)
    make_inbound(ticket, text="It works again!")
    response = sign_in(ada).post(url(ticket), fields, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 409
    assert "It works again!" in page
    assert "On our **way**." in page
    assert not ticket.messages.filter(kind="reply").exists()


def test_stale_reply_is_sent_anyway_after_the_news_was_seen(sign_in, ada, ticket):
    client, fields = sign_in(ada), form(ticket)
    make_inbound(ticket)
    client.post(url(ticket), fields)
    ticket.refresh_from_db()
    again = {**fields, "last_seen_message_id": ticket.last_message_id}
    assert client.post(url(ticket), again).status_code == 303


def test_double_submit_makes_one_message(sign_in, ada, ticket):
    client, fields = sign_in(ada), form(ticket)
    first, second = client.post(url(ticket), fields), client.post(url(ticket), fields)
    assert ticket.messages.filter(kind="reply").count() == 1
    assert second.headers["Location"] == first.headers["Location"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": "  "}, "Write something first."),
        ({"to": "cleo"}, "is not a mail address"),
        ({"to": ""}, "Say to whom this reply goes."),
        ({"status_after": "77777"}, "not in use any more"),
        ({"text": "x\x00y"}, "Null characters"),
    ],
)
def test_bad_message_answers_422_and_keeps_what_was_typed(sign_in, ada, ticket, fields, words):
    response = sign_in(ada).post(url(ticket), form(ticket, **fields))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert ticket.messages.count() == 1


def test_attachments_are_stored_and_named(sign_in, ada, ticket):
    files = [
        SimpleUploadedFile("../plan.txt", b"one"),
        SimpleUploadedFile("photo.png", b"\x89PNG\r\n\x1a\n"),
    ]
    sign_in(ada).post(url(ticket), form(ticket, attachments=files))
    rows = Attachment.objects.filter(ticket=ticket).order_by("position")
    assert [row.filename for row in rows] == ["plan.txt", "photo.png"]
    assert rows[0].content_type == "text/plain"


def test_too_large_file_is_named_with_the_limit_and_the_text_kept(
    sign_in, ada, ticket, monkeypatch
):
    monkeypatch.setattr(uploads, "MAX_BYTES", 10)
    files = [SimpleUploadedFile("film.mp4", b"x" * 11)]
    response = sign_in(ada).post(url(ticket), form(ticket, attachments=files))
    page = response.content.decode()
    assert response.status_code == 422
    assert "film.mp4 is" in page
    assert "the limit is" in page
    assert "On our **way**." in page


def test_too_many_files_are_refused(sign_in, ada, ticket):
    files = [SimpleUploadedFile(f"{number}.txt", b"x") for number in range(11)]
    response = sign_in(ada).post(url(ticket), form(ticket, attachments=files))
    assert response.status_code == 422
    assert "at most 10" in response.content.decode()


def test_draft_is_kept_and_shown_again(sign_in, ada, ticket):
    client = sign_in(ada)
    response = client.post(url(ticket, "/draft"), {"kind": "note", "text": "Half a thought"})
    assert response.status_code == 204
    page = client.get(url(ticket, "")).content.decode()
    assert "Half a thought" in page


def test_sent_form_cannot_bring_its_draft_back(sign_in, ada, ticket):
    client, fields = sign_in(ada), form(ticket)
    client.post(url(ticket, "/draft"), fields)
    client.post(url(ticket), fields)
    client.post(url(ticket, "/draft"), fields)
    assert Draft.objects.get(ticket=ticket, user=ada).text == ""


def test_reply_is_taken_back_before_it_leaves(sign_in, ada, ticket):
    client = sign_in(ada)
    client.post(url(ticket), form(ticket))
    message = ticket.messages.get(kind="reply")
    assert "/withdrawal" in client.get(url(ticket, "")).content.decode()
    client.post(url(ticket, f"/messages/{message.pk}/withdrawal"))
    message.refresh_from_db()
    ticket.refresh_from_db()
    assert message.delivery_state == "withdrawn"
    assert ticket.status.slug == "new"
    assert "On our **way**." in client.get(url(ticket, "")).content.decode()


def test_failed_delivery_is_shown_with_send_again(sign_in, ada, ticket):
    client = sign_in(ada)
    client.post(url(ticket), form(ticket))
    message = ticket.messages.get(kind="reply")
    news = DeliveryNews(state=Message.DeliveryState.FAILED, detail="mailbox full")
    mark_delivery(message, news=news, actor=Actor.system("Outbox"), now=timezone.now())
    page = client.get(url(ticket, "")).content.decode()
    assert "Not delivered: mailbox full" in page
    assert "Send again" in page


def test_what_was_sent_is_offered_once_more_and_asked_about(sign_in, ada, ticket):
    client = sign_in(ada)
    client.post(url(ticket), form(ticket))
    message = ticket.messages.get(kind="reply")
    address = f"/admin/tickets/ticket/{ticket.number}/messages/{message.pk}/repetition"
    assert client.get(address).status_code == 404
    news = DeliveryNews(state=Message.DeliveryState.SENT)
    mark_delivery(message, news=news, actor=Actor.system("Outbox"), now=timezone.now())
    OutgoingMail.objects.filter(message=message).update(state="sent", sent_at=timezone.now())
    page = client.get(url(ticket, "")).content.decode()
    assert address in page
    assert re.search(r"Sent \d\d:\d\d today", page)
    assert "leave once more" in client.get(address).content.decode()
    assert client.post(address).status_code == 303
    row = OutgoingMail.objects.get(message=message)
    assert row.state == "pending"
    assert "sent a message again" in client.get(url(ticket, "")).content.decode()


@pytest.mark.parametrize(
    ("after_send", "location"),
    [("list", "/admin/tickets?view=attention"), ("next", "/admin/tickets?view=attention")],
)
def test_after_sending_the_preference_decides(sign_in, ada, ticket, after_send, location):
    ada.after_send = after_send
    ada.save(update_fields=["after_send"])
    response = sign_in(ada).post(url(ticket), form(ticket))
    assert response.headers["Location"] == location


def test_reply_takes_at_most_thirteen_statements(sign_in, ada, ticket, statements):
    client = sign_in(ada)
    client.get(url(ticket, ""))
    fields = form(ticket)
    remembered_tables()
    with statements(13):
        assert client.post(url(ticket), fields).status_code == 303


def test_agent_of_another_department_cannot_write(sign_in, ben, ticket):
    assert sign_in(ben).post(url(ticket), form(ticket)).status_code == 404
    assert (
        sign_in(ben).post(url(ticket, "/draft"), {"kind": "note", "text": "x"}).status_code == 404
    )
