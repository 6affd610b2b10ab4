"""Django's mail API writes outbox rows whose words are sealed (ARCHITECTURE 3)."""

from __future__ import annotations

import json

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection, send_mail
from django.db import transaction

from core.sealing import unseal
from mailpipe.dispatch import send_due
from mailpipe.models import OutgoingMail

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def outbox(settings) -> None:
    settings.EMAIL_BACKEND = "mailpipe.backend.OutboxBackend"


def test_account_mail_waits_sealed_and_leaves(technical, sink):
    send_mail("Your code", "It is 4711.", None, ["ada@company.example"], html_message="<b>4711</b>")
    row = OutgoingMail.objects.get()
    assert (row.kind, row.text, row.html) == ("account", "", "")
    assert b"4711" not in bytes(row.sealed_body)
    send_due()
    mail = sink.taken[0]
    assert "4711" in mail.text
    assert "<b>4711</b>" in mail.html
    assert mail.mail["From"] == "Technical <tech@company.example>"
    assert mail.mail["Auto-Submitted"] == "auto-generated"


def test_words_are_gone_once_sent(technical, sink):
    send_mail("Your code", "It is 4711.", None, ["ada@company.example"])
    send_due()
    assert OutgoingMail.objects.get().sealed_body is None


def test_words_stay_while_it_is_tried_again(technical, sink):
    sink.answers.append("451 later")
    send_mail("Your code", "It is 4711.", None, ["ada@company.example"])
    send_due()
    assert OutgoingMail.objects.get().sealed_body is not None


def test_without_mail_server_the_demo_can_show_it(technical, settings):
    settings.SMTP = None
    send_mail("Your code", "It is 4711.", None, ["ada@company.example"])
    send_due()
    row = OutgoingMail.objects.get()
    assert row.state == "kept"
    assert json.loads(unseal(row.sealed_body))["text"] == "It is 4711."


def test_mail_vanishes_with_the_callers_transaction(technical):
    with transaction.atomic():
        send_mail("Your code", "It is 4711.", None, ["ada@company.example"])
        transaction.set_rollback(True)
    assert not OutgoingMail.objects.exists()


def test_sender_and_answer_address_of_the_caller_are_kept(technical, sink):
    EmailMessage(
        "Hi", "x", "Boss <boss@company.example>", ["a@b.example"], reply_to=["r@b.example"]
    ).send()
    send_due()
    assert sink.taken[0].mail["From"] == "Boss <boss@company.example>"
    assert sink.taken[0].mail["Reply-To"] == "r@b.example"


def test_subject_breaks_no_header(technical, sink):
    get_connection().send_messages(
        [EmailMultiAlternatives("Hi\r\nBcc: evil@x.example", "x", None, ["a@b.example"])]
    )
    send_due()
    assert sink.taken[0].mail["Bcc"] is None
    assert sink.taken[0].recipients == ["a@b.example"]


def test_files_are_refused(technical):
    mail = EmailMessage("Hi", "x", None, ["a@b.example"])
    mail.attach("a.txt", "x", "text/plain")
    with pytest.raises(ValueError, match="no files"):
        mail.send()


def test_mail_to_nobody_is_no_row(technical):
    assert EmailMessage("Hi", "x", None, []).send() == 0
    assert not OutgoingMail.objects.exists()
