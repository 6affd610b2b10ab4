"""What a mail becomes: department, sender, followers, files, quotes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import files, options
from mailpipe.models import SenderRule
from mailpipe.recogniser.addressing import NoDepartment
from tests.factories import make_customer, make_department, make_ticket
from tests.mailpipe.letters import letter, receive
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_mail_becomes_a_ticket_of_its_department(technical, billing):
    mail = receive(recipient="billing@company.example", To="tech@company.example")
    ticket = mail.ticket
    assert mail.outcome == "ticket"
    assert ticket.department == billing
    assert (ticket.subject, ticket.channel, ticket.status.kind) == ("Grinder", "email", "new")
    assert ticket.customer.email == "cleo@harbour.example"
    assert mail.message.text.strip() == "The grinder is stuck."
    assert ticket.waiting_since == mail.received_at


def test_ticket_is_as_old_as_the_mail_however_late_the_drain(technical):
    then = timezone.now() - timedelta(hours=5)
    assert receive(now=then).ticket.created_at == then


@pytest.mark.parametrize(
    ("recipient", "headers"),
    [
        ("", {"X_Original_To": "billing@company.example"}),
        ("", {"Delivered_To": "billing@company.example"}),
        ("", {"Envelope_To": "Billing@Company.Example"}),
        ("", {"To": '"Bills" <billing@company.example>'}),
        ("", {"To": "x@y.example", "Cc": "billing@company.example"}),
        ("tech+billing@company.example", {}),
        ("relay@elsewhere.example", {"To": "billing@company.example"}),
    ],
)
def test_department_is_found_wherever_it_is_named(recipient, headers, technical, billing):
    assert receive(recipient=recipient, **headers).ticket.department == billing


def test_nobodys_mail_goes_to_the_default_department(technical, billing):
    mail = receive(recipient="", To="sales@elsewhere.example")
    assert mail.ticket.department == technical


def test_several_departments_get_one_ticket_and_a_note(technical, billing):
    mail = receive(recipient="", To="tech@company.example, billing@company.example")
    assert Ticket.objects.count() == 1
    note = mail.ticket.messages.get(kind="note")
    assert "Billing" in note.text


def test_known_customer_is_recognised_and_an_empty_name_filled(technical, cleo):
    cleo.name = ""
    cleo.save()
    mail = receive(From="Cleo Summers <CLEO@Harbour.example>")
    assert mail.ticket.customer == cleo
    cleo.refresh_from_db()
    assert cleo.name == "Cleo Summers"


def test_people_in_copy_follow_but_robots_lists_and_we_do_not(technical, billing):
    mail = receive(
        To="tech@company.example, Chef <chef@harbour.example>",
        Cc="no-reply@shop.example, billing@company.example, cleo@harbour.example, it@company.example",
    )
    assert [row.email for row in mail.ticket.followers.all()] == ["chef@harbour.example"]


def test_followers_are_capped(technical, owner):
    options.set_value("tickets.max_followers", 3, actor=owner, now=timezone.now())
    crowd = ", ".join(f"p{number}@harbour.example" for number in range(5000))
    assert receive(Cc=crowd).ticket.followers.count() == 3


def test_contact_forms_that_write_as_us_are_answered_to_the_customer(technical):
    mail = receive(From="tech@company.example", Reply_To="Otto <otto@northlight.example>")
    assert mail.ticket.customer.email == "otto@northlight.example"


def test_quoted_words_are_folded_not_lost(technical):
    text = "Still broken.\r\n\r\nOn Mon, 16 Nov 2026 at 09:00, Ada <ada@x.example> wrote:\r\n> Reset it."
    message = receive(letter(text)).message
    assert message.text.strip() == "Still broken."
    assert "Reset it." in message.quoted_text


def test_quoted_html_is_folded_too(technical):
    html = '<p>Still broken.</p><div class="gmail_quote"><blockquote>Reset it.</blockquote></div>'
    message = receive(letter(html, Content_Type="text/html")).message
    assert "Still broken." in message.html
    assert "Reset it." not in message.html
    assert "Reset it." in message.quoted_html


def test_files_are_stored_under_their_digest(technical):
    raw = multipart(
        ("report.csv", "text/csv", "a,b"), ("../../etc/pass\u202ewd", "text/html", "<b>")
    )
    message = receive(raw).message
    first, second = message.attachments.all()
    assert first.filename == "report.csv"
    with files.open_file(first.sha256) as file:
        assert file.read().strip() == b"a,b"
    assert second.content_type == "application/octet-stream"
    assert "/" not in second.filename
    assert "\u202e" not in second.filename


def test_html_is_made_harmless(technical):
    raw = letter(
        "<p onclick='x()'>Hi<script>alert(1)</script><img src=http://track.example/p.gif></p>",
        Content_Type="text/html; charset=utf-8",
    )
    message = receive(raw).message
    assert "Hi" in message.html
    for gone in ("script", "onclick", 'src="http'):
        assert gone not in message.html


def test_files_of_too_large_mail_stay_in_the_raw_mail(technical, owner):
    options.set_value("mailpipe.max_megabytes", 1, actor=owner, now=timezone.now())
    mail = receive(multipart(("big.csv", "text/csv", "x" * 1_100_000)))
    assert not mail.message.attachments.exists()
    assert "big.csv" in mail.ticket.messages.get(kind="note").text
    assert "too large" in mail.ticket.outgoing_mails.get().text


def test_control_headers_of_strangers_do_nothing(technical):
    mail = receive(X_Ticket_Priority="urgent", X_Zammad_Ticket_State="closed", X_Priority="1")
    assert mail.ticket.priority.is_default
    assert mail.ticket.status.kind == "new"


@pytest.mark.parametrize("charset", ["utf-8", "no-such-charset", "utf-16"])
def test_lying_charsets_and_nul_bytes_make_a_ticket(charset, technical):
    raw = letter("a\x00b ñ", Content_Type=f"text/plain; charset={charset}", Message_ID="")
    mail = receive(raw)
    assert mail.outcome == "ticket"
    assert "\x00" not in mail.message.text


def test_header_of_a_megabyte_makes_a_ticket(technical):
    assert receive(Subject="x" * 1_000_000).ticket.subject == "x" * 255


def test_name_with_line_breaks_is_one_name(technical):
    mail = receive(From='"A=?utf-8?q?=0D=0ABcc:_v@x.example?=" <cleo@harbour.example>')
    assert "\n" not in mail.ticket.customer.name
    assert mail.ticket.customer.email == "cleo@harbour.example"


def test_name_that_looks_like_addresses_is_one_sender(technical):
    mail = receive(From='"a@b.example, evil@x.example" <cleo@harbour.example>')
    assert mail.ticket.customer.email == "cleo@harbour.example"
    assert not mail.ticket.followers.exists()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "empty"),
        (b"Subject: x\r\nFrom: a@b.example\r\n\r\n", "empty"),
        (b"Subject: x\r\n\r\nHello, who am I?", "no sender"),
    ],
)
def test_empty_and_nameless_mail_is_held(raw, reason, technical):
    mail = receive(raw or b" ", sender="")
    assert (mail.outcome, mail.ticket) == ("quarantined", None)
    assert reason in mail.reason


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender", "cleo@harbour.example"),
        ("domain", "harbour.example"),
        ("subject", "GRINDER"),
        ("phrase", "is stuck"),
    ],
)
def test_rules_hold_mail(field, value, technical):
    SenderRule.objects.create(field=field, value=value)
    assert receive().outcome == "quarantined"


def test_rule_of_another_department_does_not_matter(technical, billing):
    SenderRule.objects.create(field="domain", value="harbour.example", department=billing)
    assert receive().outcome == "ticket"


def test_domain_rule_is_no_suffix_rule(technical):
    SenderRule.objects.create(field="domain", value="bour.example")
    assert receive().outcome == "ticket"


def test_allowing_rule_comes_first(technical):
    SenderRule.objects.create(field="sender", value="cleo@harbour.example", verdict="allow")
    SenderRule.objects.create(field="domain", value="harbour.example")
    assert receive(X_Spam_Flag="YES").outcome == "ticket"


@pytest.mark.parametrize(
    "header",
    [
        {"X_Spam_Flag": "YES"},
        {"X_Spam_Score": "15.2"},
        {"X_Spam_Status": "Yes, score=9.1 required=5.0"},
    ],
)
def test_marked_spam_is_held_unless_the_customer_is_known(header, technical):
    assert receive(**header).outcome == "quarantined"
    make_customer("Cleo", "cleo@harbour.example")
    assert receive(**header).outcome == "ticket"


def test_spam_level_off_trusts_everybody(technical, owner):
    options.set_value("mailpipe.spam_level", "off", actor=owner, now=timezone.now())
    assert receive(X_Spam_Flag="YES").outcome == "ticket"


def test_forged_mail_is_held_where_managers_say_so(technical, owner, settings):
    settings.MAIL_AUTHSERV_ID = "mx.company.example"
    forged = "mx.company.example; dmarc=fail header.from=harbour.example"
    assert receive(Authentication_Results=forged).message.is_unverified
    options.set_value("mailpipe.hold_forged", value=True, actor=owner, now=timezone.now())
    assert receive(Authentication_Results=forged).outcome == "quarantined"


def test_flood_of_new_tickets_is_held(technical):
    outcomes = [receive(Subject=f"Number {number}").outcome for number in range(12)]
    assert outcomes == ["ticket"] * 10 + ["quarantined"] * 2


def test_flood_limit_leaves_answers_alone(technical, cleo):
    ticket = make_ticket(cleo, technical)
    subject = f"[Ticket ID: {ticket.number}]"
    assert {receive(Subject=subject).outcome for _number in range(12)} == {"reply"}


def test_company_without_departments_loses_nothing(db):
    with pytest.raises(NoDepartment):
        receive()
    make_department("Late", "late@company.example")


def multipart(*parts: tuple[str, str, str]) -> bytes:
    body = "--b\r\nContent-Type: text/plain\r\n\r\nSee the files.\r\n"
    for name, kind, content in parts:
        body += (
            f"--b\r\nContent-Type: {kind}\r\nContent-Disposition: attachment; "
            f'filename="{name}"\r\n\r\n{content}\r\n'
        )
    return letter(f"{body}--b--\r\n", Content_Type='multipart/mixed; boundary="b"')


def test_sender_of_a_large_answer_is_told_once(technical, owner, cleo):
    options.set_value("mailpipe.max_megabytes", 1, actor=owner, now=timezone.now())
    ticket = make_ticket(cleo, technical)
    raw = multipart(("big.csv", "text/csv", "x" * 1_100_000))
    raw = raw.replace(b"Subject: Grinder", f"Subject: [Ticket ID: {ticket.number}]".encode())
    receive(raw)
    receive(raw)
    notice = ticket.outgoing_mails.get()
    assert (notice.kind, notice.to) == ("notice", ["cleo@harbour.example"])
    assert "too large" in notice.text
