"""The same mail again, our own mail back, and delivery reports (mail.md 4, 33, 44, 45)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from mailpipe.actions import send_once_more
from mailpipe.dispatch import send_due
from mailpipe.models import InboundMail, OutgoingMail
from tests.factories import make_department, make_reply, make_ticket
from tests.mailpipe.letters import letter, receive
from tickets.actors import Actor
from tickets.models import Event, Ticket

pytestmark = pytest.mark.django_db
SAME = {"Message_ID": "<same@harbour.example>"}


@pytest.fixture
def sent(ada, cleo, technical, sink) -> OutgoingMail:
    make_reply(make_ticket(cleo, technical), ada)
    send_due(now=lambda: timezone.now() + timedelta(minutes=1))
    return OutgoingMail.objects.get()


def test_same_bytes_for_the_same_recipient_are_one_mail(technical):
    raw = letter()
    assert receive(raw) == receive(raw)
    assert (InboundMail.objects.count(), Ticket.objects.count()) == (1, 1)


def test_same_mail_for_another_address_of_the_department_is_a_duplicate(technical):
    first = receive(**SAME)
    second = receive(recipient="it@company.example", Received="from relay", **SAME)
    assert (second.outcome, second.ticket) == ("duplicate", first.ticket)
    assert first.ticket.messages.count() == 1


def test_same_mail_for_another_department_leaves_a_note(technical, billing):
    first = receive(**SAME)
    second = receive(recipient="billing@company.example", **SAME)
    assert (second.outcome, second.ticket) == ("duplicate", first.ticket)
    assert "Billing" in first.ticket.messages.get(kind="note").text


def test_copy_that_the_headers_announced_leaves_no_second_note(technical, billing):
    both = SAME | {"To": "tech@company.example, billing@company.example"}
    first = receive(**both)
    receive(recipient="billing@company.example", **both)
    assert first.ticket.messages.filter(kind="note").count() == 1


def test_known_message_id_with_other_words_is_accepted(technical):
    first = receive(letter("The attacker's words", **SAME), sender="eve@evil.example")
    second = receive(letter("The real words", **SAME))
    assert second.outcome == "ticket"
    assert second.ticket != first.ticket
    assert any(step["step"] == "duplicate" for step in second.trace)


def test_our_own_mail_coming_back_is_ignored(sent, technical):
    mail = receive(Message_ID=sent.identifier, From="tech@company.example")
    assert (mail.outcome, mail.ticket) == ("ignored", None)


@pytest.mark.parametrize("permanent", [True, False])
def test_bounce_marks_the_reply_and_the_address(permanent, sent, cleo):
    status = "5.1.1" if permanent else "4.2.2"
    action = "failed" if permanent else "delayed"
    mail = receive(bounce(sent.identifier, "cleo@harbour.example", status, action), sender="")
    message = sent.message
    message.refresh_from_db()
    assert (mail.outcome, mail.ticket, mail.is_bounce) == ("reply", sent.ticket, True)
    assert (message.delivery_state == "failed") is permanent
    assert (cleo.addresses.get(kind="email").undeliverable_at is not None) is permanent
    assert Event.objects.filter(kind="delivery_failed").exists() is permanent
    assert sent.ticket.messages.count() == 2, "a report is no message"


def test_report_on_what_was_sent_once_more_since_is_understood(sent, ada, cleo):
    first = sent.identifier
    send_once_more(sent, actor=Actor.of_user(ada), now=timezone.now())
    send_due(now=lambda: timezone.now() + timedelta(minutes=2))
    mail = receive(bounce(first, "cleo@harbour.example", "5.1.1", "failed"), sender="")
    sent.message.refresh_from_db()
    assert (mail.outcome, mail.ticket, sent.message.delivery_state) == (
        "reply",
        sent.ticket,
        "failed",
    )
    back = receive(Message_ID=first, From="tech@company.example", Date="another")
    assert back.outcome == "ignored"


def test_report_about_somebody_else_flags_nobody(sent, cleo):
    receive(bounce(sent.identifier, "victim@x.example", "5.1.1", "failed"), sender="")
    sent.message.refresh_from_db()
    assert sent.message.delivery_state == "sent"


def test_report_about_no_mail_of_ours_is_a_ticket_nobody_waits_for(technical):
    mail = receive(bounce("<x@y.example>", "cleo@harbour.example", "5.1.1", "failed"), sender="")
    assert (mail.outcome, mail.message.is_automatic) == ("ticket", True)
    assert mail.ticket.waiting_since is None
    assert not mail.ticket.outgoing_mails.exists()


def test_complaint_flags_the_address_and_leaves_the_reply_alone(sent, cleo):
    mail = receive(complaint(sent.identifier), sender="")
    sent.message.refresh_from_db()
    assert (mail.outcome, sent.message.delivery_state) == ("reply", "sent")
    assert cleo.addresses.get(kind="email").undeliverable_at is not None


def test_report_without_the_message_id_joins_by_the_envelope_sender(sent):
    raw = bounce("", "cleo@harbour.example", "5.1.1", "failed")
    mail = receive(raw, recipient=sent.envelope_sender, sender="")
    assert mail.ticket == sent.ticket
    sent.message.refresh_from_db()
    assert sent.message.delivery_state == "failed"


def test_departments_may_share_a_customer_without_sharing_mail(technical):
    make_department("Third", "third@company.example")
    one, two = receive(), receive(recipient="third@company.example")
    assert one.ticket != two.ticket
    assert one.ticket.customer == two.ticket.customer


def bounce(message_id: str, recipient: str, status: str, action: str) -> bytes:
    returned = f"Message-ID: {message_id}\r\nSubject: Re: x\r\n" if message_id else "Subject: x\r\n"
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nYour mail could not be delivered.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; mx.harbour.example\r\n\r\n"
        f"Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\n"
        f"Diagnostic-Code: smtp; {status[0]}50 {status} trouble\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--b--\r\n"
    )
    return letter(
        body,
        From="MAILER-DAEMON@mx.harbour.example",
        Subject="Undelivered Mail Returned to Sender",
        Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
    )


def complaint(message_id: str) -> bytes:
    """An abuse report of a mailbox provider (RFC 5965)."""
    body = (
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\n"
        "Feedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\n"
        "Original-Rcpt-To: cleo@harbour.example\r\n\r\n"
        f"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: {message_id}\r\n"
        "To: cleo@harbour.example\r\nSubject: x\r\n\r\nHi\r\n--b--\r\n"
    )
    return letter(
        body,
        From="abuse@provider.example",
        Subject="Abuse report",
        Content_Type='multipart/report; report-type=feedback-report; boundary="b"',
    )
