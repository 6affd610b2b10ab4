"""What customers with an account send: new requests and answers, refused ones with all they typed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal import limits
from tests.factories import make_ticket
from tests.portal.conftest import page_of, words
from tickets.actions import close_ticket
from tickets.actors import Actor
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_new_request_lands_in_the_chosen_department(cleo, technical, billing, sign_in):
    facts = {"department": billing.pk, "subject": "Invoice twice", "message": "See 4711."}
    answer = sign_in(cleo).post("/clients/open_ticket", facts)
    ticket = Ticket.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, page_of(ticket))
    assert (ticket.department, ticket.customer, ticket.channel) == (billing, cleo, "portal")
    assert not ticket.messages.get().is_unverified


def test_hidden_departments_cannot_be_chosen(cleo, technical, billing, sign_in):
    """X-18: what the form does not offer is refused, whatever is posted."""
    billing.is_portal_visible = False
    billing.save()
    facts = {"department": billing.pk, "subject": "x", "message": "y", "customer": 1, "status": 2}
    assert sign_in(cleo).post("/clients/open_ticket", facts).status_code == 422
    assert not Ticket.objects.exists()


def test_refused_form_keeps_the_text_and_marks_the_fields(cleo, technical, billing, sign_in):
    page = sign_in(cleo).post("/clients/open_ticket", {"message": "It screams.", "subject": " "})
    assert page.status_code == 422
    assert "It screams." in page.content.decode()
    assert page.content.count(b'aria-invalid="true"') == 2


def test_too_large_file_is_named_with_the_limit(cleo, technical, sign_in, monkeypatch):
    monkeypatch.setattr("tickets.uploads.MAX_BYTES", 10)
    huge = SimpleUploadedFile("photo.png", b"x" * 11)
    facts = {
        "department": technical.pk,
        "subject": "Crack",
        "message": "Look.",
        "attachments": huge,
    }
    page = sign_in(cleo).post("/clients/open_ticket", facts)
    text = words(page)
    assert page.status_code == 422
    assert "photo.png is 11" in text
    assert "the limit is 10" in text
    assert "the files have to be chosen again" in text
    assert "Look." in page.content.decode()


def test_eleventh_request_in_a_quarter_has_to_wait(cleo, technical, sign_in, monkeypatch):
    """R46"""
    monkeypatch.setattr(limits, "PER_CUSTOMER", 2)
    client, facts = sign_in(cleo), {"department": technical.pk, "subject": "x", "message": "Kept."}
    statuses = [client.post("/clients/open_ticket", facts).status_code for _time in range(3)]
    assert statuses == [303, 303, 429]
    assert Ticket.objects.count() == 2


def test_answer_arrives_with_its_file(cleo, sign_in):
    ticket = make_ticket(cleo)
    photo = SimpleUploadedFile("crack.png", b"\x89PNG\r\n\x1a\n" + b"0" * 50)
    answer = sign_in(cleo).post(page_of(ticket), {"message": "Here.", "attachments": photo})
    message = ticket.messages.last()
    assert (answer.status_code, answer["Location"]) == (303, page_of(ticket))
    assert (message.text, message.channel, message.author_customer) == ("Here.", "portal", cleo)
    assert message.attachments.get().filename == "crack.png"
    assert "crack.png" in words(sign_in(cleo).get(page_of(ticket)))


def test_colleague_answers_under_their_own_name(cleo, carl, sharing, sign_in):
    ticket = make_ticket(cleo)
    sign_in(carl).post(page_of(ticket), {"message": "Still loud."})
    ticket.refresh_from_db()
    assert ticket.customer == cleo
    assert ticket.messages.last().author_customer == carl


def test_empty_answer_is_refused(cleo, sign_in):
    ticket = make_ticket(cleo)
    assert sign_in(cleo).post(page_of(ticket), {"message": " \n"}).status_code == 422
    assert ticket.messages.count() == 1


@pytest.mark.parametrize("body", ["Nul \x00 byte", "<script>alert(1)</script>", "a" * 5000])
def test_odd_texts_are_stored_and_shown_as_text(body, cleo, sign_in):
    ticket = make_ticket(cleo)
    assert sign_in(cleo).post(page_of(ticket), {"message": body}).status_code == 303
    page = sign_in(cleo).get(page_of(ticket)).content.decode()
    assert "<script>alert" not in page


def test_request_of_last_year_opens_anew(cleo, ada, sign_in):
    """After the window an answer is a new request, linked to the old one."""
    before = timezone.now() - timedelta(days=400)
    ticket = make_ticket(cleo, now=before)
    close_ticket(ticket, actor=Actor.of_user(ada), now=before)
    client = sign_in(cleo)
    assert "opens a new request" in words(client.get(page_of(ticket)))
    answer = client.post(page_of(ticket), {"message": "It is loud again."})
    fresh = Ticket.objects.latest("pk")
    assert fresh.pk != ticket.pk
    assert answer["Location"] == page_of(fresh)
    assert fresh.links_out.get().target == ticket


def test_account_that_answers_without_end_has_to_wait(cleo, sign_in, monkeypatch):
    monkeypatch.setattr(limits, "ANSWERS_BY_ACCOUNT", 2)
    client, page = sign_in(cleo), page_of(make_ticket(cleo))
    answers = [client.post(page, {"message": f"Word {n}"}) for n in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "Word 2" in answers[-1].content.decode()
