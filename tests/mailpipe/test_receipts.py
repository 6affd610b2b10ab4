"""Confirmations: to whom, in which words, and how often (R39, mail.md 46, 47, X-04 to X-06)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from core import options
from mailpipe.actions.receipts import send_receipt
from mailpipe.dispatch import send_due
from mailpipe.models import OutgoingMail
from tests.factories import make_inbound, make_ticket
from tests.mailpipe.letters import FORGED, letter, receive
from tickets.guests import find_guest_link
from tickets.models import Status

pytestmark = pytest.mark.django_db


def receipts() -> list[OutgoingMail]:
    return list(OutgoingMail.objects.filter(kind="receipt").order_by("pk"))


def test_new_request_is_confirmed_with_its_number(technical, sink):
    ticket = receive().ticket
    send_due()
    mail = sink.taken[0]
    assert mail.recipients == ["cleo@harbour.example"]
    assert mail.mail["Subject"] == (
        f"[Ticket ID: {ticket.number}] We've received your support request"
    )
    assert f"number {ticket.number}" in mail.text
    assert "Technical" in mail.text


def test_confirmation_tells_programs_not_to_answer(technical, sink):
    receive()
    send_due()
    mail = sink.taken[0]
    assert mail.sender == "<>"
    assert mail.mail["Auto-Submitted"] == "auto-replied"
    assert mail.mail["X-Auto-Response-Suppress"] == "All"
    assert mail.mail["Precedence"] is None


def test_nothing_of_the_senders_words_stands_in_it(technical, sink):
    receive(letter("CANARY body", Subject="CANARY subject", From="CANARY name <v@victim.example>"))
    send_due()
    assert b"CANARY" not in sink.taken[0].content


@pytest.mark.parametrize("subject", ["Day", "hour"])
def test_a_subject_that_reads_like_a_budget_is_a_subject(subject, technical):
    receive(letter(Subject=subject))
    assert len(receipts()) == 1


def test_confirmation_answers_the_customers_mail(technical, sink):
    receive(Message_ID="<first@harbour.example>")
    send_due()
    assert sink.taken[0].mail["In-Reply-To"] == "<first@harbour.example>"


def test_answers_to_the_confirmation_join(technical, sink):
    ticket = receive().ticket
    send_due()
    answer = receive(recipient=sink.taken[0].mail["Reply-To"], Subject="Thanks")
    assert (answer.outcome, answer.ticket) == ("reply", ticket)


def test_further_mails_are_not_confirmed(technical, cleo):
    ticket = make_ticket(cleo, technical)
    receive(Subject=f"[Ticket ID: {ticket.number}]")
    assert not receipts()


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"List_Id": "<crew.harbour.example>"},
        {"Return_Path": "<>"},
        {"From": "no-reply@harbour.example"},
        {"From": "billing@company.example"},
        {"X_Auto_Response_Suppress": "All"},
    ],
)
def test_x06_programs_lists_and_ourselves_get_none(headers, technical, billing):
    assert receive(**headers).outcome == "ticket"
    assert not receipts()


def test_forged_senders_get_none(technical, settings):
    settings.MAIL_AUTHSERV_ID = "mx.company.example"
    receive(Authentication_Results=FORGED)
    assert not receipts()


@pytest.mark.parametrize("channel", ["form", "portal"])
def test_requests_by_web_are_confirmed_too(channel, cleo, technical):
    make_ticket(cleo, technical, channel=channel)
    assert [row.to for row in receipts()] == [["cleo@harbour.example"]]


@pytest.mark.parametrize("channel", ["phone", "manual", "api", "chat"])
def test_requests_others_wrote_down_are_not(channel, cleo, technical):
    make_ticket(cleo, technical, channel=channel)
    assert not receipts()


def test_departments_and_managers_may_switch_them_off(technical, billing, owner):
    billing.sends_receipts = False
    billing.save()
    receive(recipient="billing@company.example")
    assert not receipts()
    options.set_value("mailpipe.receipts", value=False, actor=owner, now=timezone.now())
    receive()
    assert not receipts()


def test_words_are_the_managers_and_never_a_program(technical, owner):
    body = "Hi {customer.name}: {ticket.number}, {settings.SECRET_KEY}, {{ x }}, {ticket.__class__}"
    options.set_value("mailpipe.receipt_body", value=body, actor=owner, now=timezone.now())
    ticket = receive().ticket
    assert receipts()[0].text.startswith(
        f"Hi cleo@harbour.example: {ticket.number}, {{settings.SECRET_KEY}}, {{{{ x }}}}, "
        "{ticket.__class__}"
    )


def test_shipped_words_come_in_the_customers_language(technical, cleo):
    cleo.language = "de"
    cleo.save()
    receive()
    assert 'lang="de"' in receipts()[0].html


def test_confirmation_leads_its_reader_to_the_ticket(technical, sink):
    receive()
    row = receipts()[0]
    assert "/t/personal-link" in row.text, "the row itself doesn't tell"
    send_due()
    mail = sink.taken[0]
    token = re.search(r"/t/([\w-]{43})", mail.text)[1]
    assert f'href="http://localhost:8000/t/{token}"' in mail.html
    assert find_guest_link(token).email == "cleo@harbour.example"
    assert receipts()[0].sealed_body is None


def test_one_request_is_confirmed_once(technical, cleo):
    ticket = make_ticket(cleo, technical, channel="form")
    send_receipt(ticket, now=timezone.now())
    assert len(receipts()) == 1


def test_follow_up_of_a_long_closed_ticket_is_confirmed(technical, cleo, sink):
    ticket = receive().ticket
    ticket.status_id = closed_status()
    ticket.closed_at = timezone.now() - timedelta(days=100)
    ticket.save()
    late = receive(Subject=f"[Ticket ID: {ticket.number}]")
    assert late.ticket != ticket
    assert len(receipts()) == 2


def closed_status() -> int:
    return Status.objects.get(kind="closed", is_default=True).pk


def test_held_messages_are_not_confirmed(technical, cleo):
    ticket = make_ticket(cleo, technical)
    make_inbound(ticket)
    assert not receipts()


def test_address_whose_mail_came_back_gets_none(technical, cleo):
    cleo.addresses.update(undeliverable_at=timezone.now())
    make_ticket(cleo, technical, channel="form")
    assert not receipts()
