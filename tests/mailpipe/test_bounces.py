"""Delivery reports of many servers, and mails that only look like them (mail.md 43, 44)."""

import json

import pytest

from mailpipe.bounces import Bounce, Kind, read_bounce
from mailpipe.parsing import parse

COPY = "Message-ID: <t.own@company.example>\nFrom: support@company.example\nSubject: x\n\nhi\n"


def bounced(frm: str, subject: str, body: str, *headers: str) -> Bounce | None:
    lines = [f"From: {frm}", "To: support@company.example", f"Subject: {subject}", *headers, ""]
    return read_bounce(parse(("\n".join(lines) + "\n" + body).encode()))


def report(status_fields: str, text: str = "Sorry.") -> Bounce | None:
    raw = (
        "From: MAILER-DAEMON@mx.example\nSubject: Undelivered\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\n\n{text}\n--b\nContent-Type: message/delivery-status\n\n"
        f"Reporting-MTA: dns; mx.example\n\n{status_fields}\n"
        f"--b\nContent-Type: text/rfc822-headers\n\n{COPY}\n--b--\n"
    )
    return read_bounce(parse(raw.encode()))


def test_report_names_address_code_words_and_mail() -> None:
    assert report(
        "Original-Recipient: rfc822;g@x.example\nFinal-Recipient: RFC822; g@x.example\n"
        "Action: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 User unknown"
    ) == Bounce(
        kind=Kind.FAILED,
        recipients=("g@x.example",),
        status="5.1.1",
        diagnostic="smtp; 550 5.1.1 User unknown",
        message_id="<t.own@company.example>",
    )


def test_report_on_several_recipients_names_the_failed_ones() -> None:
    found = report(
        "Final-Recipient: rfc822; ok@x.example\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; one@x.example\nAction: failed\nStatus: 5.2.1\n\n"
        "Final-Recipient: rfc822; two@x.example\nAction: failed\nStatus: 5.2.2\n"
    )
    assert found is not None
    assert found.recipients == ("one@x.example", "two@x.example")


@pytest.mark.parametrize(
    ("fields", "permanent", "kind"),
    [
        ("Action: failed\nStatus: 5.1.1", True, Kind.FAILED),
        ("Action: failed\nStatus: 4.2.2", False, Kind.FAILED),
        ("Action: delayed\nStatus: 4.4.1", False, Kind.DELAYED),
        ("Action: failure\nStatus: 5.7.1", True, Kind.FAILED),
        ("Action: error\nStatus: 5.0.0", True, Kind.FAILED),
        ("Status: 5.1.1", True, Kind.FAILED),
        ("Status: 4.0.0", False, Kind.DELAYED),
    ],
)
def test_failure_for_good_and_for_now_are_told_apart(
    fields: str, kind: Kind, *, permanent: bool
) -> None:
    found = report(f"Final-Recipient: rfc822; g@x.example\n{fields}")
    assert found is not None
    assert (found.permanent, found.kind) == (permanent, kind)


def test_vague_status_is_refined_by_the_words() -> None:
    found = report(
        "Final-Recipient: rfc822; g@x.example\nAction: failed\nStatus: 5.0.0\n"
        "Diagnostic-Code: smtp; 550-5.2.1 mailbox disabled"
    )
    assert found is not None
    assert found.status == "5.2.1"


def test_successful_delivery_is_no_bounce() -> None:
    assert report("Final-Recipient: rfc822; g@x.example\nAction: delivered\nStatus: 2.0.0") is None
    assert report("Final-Recipient: rfc822; g@x.example\nAction: relayed\nStatus: 2.0.0") is None


@pytest.mark.parametrize(
    ("frm", "subject", "body", "status"),
    [
        ("MAILER-DAEMON@qmail.example", "failure notice",
         "Hi. This is the qmail-send program at x.\nI'm afraid I wasn't able to deliver your "
         "message to the following addresses.\n\n<g@x.example>:\nSorry, no mailbox here (#5.1.1)\n",
         "5.1.1"),
        ("Mailer-Daemon@exim.example", "Mail delivery failed: returning message to sender",
         "This message was created automatically by mail delivery software.\n\n  g@x.example\n"
         "    550 Unknown user\n", "5.0.0"),
        ("postmaster@exchange.example", "Undeliverable: Hello",
         "Your message did not reach some or all of the intended recipients.\n\n"
         "The following recipient(s) cannot be reached:\n\n  g@x.example on 05.01.2026 10:00\n"
         "  The e-mail account does not exist.\n  <mx.example #5.1.1>\n", "5.1.1"),
        ("MAILER-DAEMON@yahoo.example", "Delivery failure",
         "Message from yahoo.\nUnable to deliver message to the following address(es).\n\n"
         "<g@x.example>:\nRemote host said: 554 delivery error: no account\n", "5.0.0"),
        ("Mail Delivery System <system@x.example>", "Warning: message delayed 24 hours",
         "A message that you sent has not yet been delivered to one or more of its recipients.\n\n"
         "  g@x.example\n", ""),
        ("postmaster@web.example", "Mail delivery failed: zurueck",
         "Ihre E-Mail konnte nicht zugestellt werden:\n\n<g@x.example>:\nmailbox unavailable\n", ""),
        ("postmaster@x.example", "Échec de la remise",
         "Impossible de remettre le message à :\n\ng@x.example\n550 5.1.1 inconnu\n", "5.1.1"),
        ("mailer-daemon@mail.ru.example", "Не удалось доставить сообщение",
         "Письмо не может быть доставлено получателю:\n\ng@x.example\nuser not found\n", ""),
        ("postmaster@qq.example", "系统退信", "无法投递\ng@x.example\n550 不存在\n", "5.0.0"),
        ("devnull@x.example", "Delivery Notification: Delivery has failed",
         "This report relates to a message you sent with the following header fields.\n"
         "Your message cannot be delivered to the following recipients:\n\n"
         "  Recipient address: g@x.example\n  Reason: unknown user\n", ""),
    ],
    ids=["qmail", "exim", "exchange", "yahoo", "delayed", "web.de", "french", "russian", "chinese",
         "sun"],
)  # fmt: skip
def test_report_in_words_is_understood(frm: str, subject: str, body: str, status: str) -> None:
    found = bounced(frm, subject, body)
    assert found is not None
    assert (found.recipients, found.status) == (("g@x.example",), status)


def test_failed_recipients_header_is_enough() -> None:
    found = bounced("x@y.example", "?", "no words", "X-Failed-Recipients: a@x.example, b@x.example")
    assert found is not None
    assert found.recipients == ("a@x.example", "b@x.example")


def test_returned_mail_in_the_text_names_the_thread_but_not_the_recipients() -> None:
    body = "<g@x.example>: user unknown\n\n--- Below this line is a copy of the message.\n\n" + COPY
    found = bounced("MAILER-DAEMON@x.example", "failure notice", body)
    assert found is not None
    assert found.message_id == "<t.own@company.example>"
    assert found.recipients == ("g@x.example",)


def test_thread_is_found_in_the_references_when_nothing_is_returned() -> None:
    found = bounced(
        "MAILER-DAEMON@x.example", "failure notice", "user unknown", "In-Reply-To: <t.own@x>"
    )
    assert found is not None
    assert found.message_id == "<t.own@x>"


@pytest.mark.parametrize(
    ("bounce_type", "kind"), [("Permanent", Kind.FAILED), ("Transient", Kind.DELAYED)]
)
def test_notification_of_amazon_ses(bounce_type: str, kind: Kind) -> None:
    inner = {
        "notificationType": "Bounce",
        "bounce": {
            "bounceType": bounce_type,
            "bouncedRecipients": [{"emailAddress": "g@x.example"}],
        },
        "mail": {"commonHeaders": {"messageId": "<t.own@x>"}},
    }
    for fields in (inner, {"Type": "Notification", "Message": json.dumps(inner)}):
        found = bounced("no-reply@sns.example", "AWS Notification", json.dumps(fields))
        assert found is not None
        assert (found.kind, found.recipients, found.message_id) == (
            kind, ("g@x.example",), "<t.own@x>",
        )  # fmt: skip


@pytest.mark.parametrize(
    "body",
    ['{"notificationType": "Delivery"}', '{"notificationType": "Bounce"}', '{"notificationType',
     '{"notificationType": "Bounce", "bounce": []}', '{"Message": "notificationType"}'],
)  # fmt: skip
def test_other_notifications_are_no_bounce(body: str) -> None:
    assert bounced("no-reply@sns.example", "AWS Notification", body) is None


@pytest.mark.parametrize(
    ("frm", "subject", "body"),
    [
        ("cleo@example.com", "Mail delivery failed", "Hi, my mail to bob was not delivered, why?"),
        ("cleo@example.com", "Undeliverable mail", "I get 'user unknown' for bob@x.example. Help!"),
        ("cleo@example.com", "Returned mail: user unknown",
         "Please see below what I got back:\n\n> 550 5.1.1 user unknown"),
        ("cleo@example.com", "Delivery delayed", "My parcel is delayed. Where is it?"),
        ("cleo@example.com", "Delivery failure", "The courier could not deliver my parcel."),
        ("postmaster@example.com", "Question about DMARC", "Could you add our address?"),
        ("cleo@example.com", "Automatic reply: x", "I am away; the mailbox is full of holiday."),
        ("daemon.hill@example.com", "Hello", "Just a question."),
        ("cleo@example.com", "Re: address not found", "The map says address not found."),
    ],
)  # fmt: skip
def test_mail_of_a_person_about_failed_mail_is_no_bounce(frm: str, subject: str, body: str) -> None:
    assert bounced(frm, subject, body) is None


def test_automatic_reply_is_no_bounce() -> None:
    found = bounced(
        "cleo@example.com", "Undeliverable? I am away", "user unknown", "Return-Path: <>",
        "Auto-Submitted: auto-replied",
    )  # fmt: skip
    assert found is None


def test_forwarded_report_is_no_bounce() -> None:
    raw = (
        "From: cleo@example.com\nSubject: Fwd: strange mail\n"
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nWhat is this?\n"
        "--b\nContent-Type: message/rfc822\n\nSubject: Undelivered\n"
        "Content-Type: multipart/report; boundary=c\n\n--c\n"
        "Content-Type: message/delivery-status\n\nAction: failed\nStatus: 5.1.1\n--c--\n--b--\n"
    )
    assert read_bounce(parse(raw.encode())) is None
