"""Ledger, outbox and spam list pages."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.models import AuditEntry
from mailpipe.actions.intake import Envelope, take_in
from mailpipe.models import InboundMail, OutgoingMail, SenderRule
from tests.factories import make_reply, make_ticket

pytestmark = pytest.mark.django_db


def mail(text="Help", sender="mira@private.example", subject="E-17 again"):
    raw = f"From: Mira <{sender}>\r\nTo: tech@company.example\r\nSubject: {subject}\r\nMessage-ID: <a@private.example>\r\n\r\n{text}\r\n"
    now = timezone.now()
    envelope = Envelope(recipient="tech@company.example", sender=sender, received_at=now)
    return take_in(raw.encode(), envelope=envelope, now=now)


def test_ledger_shows_each_mail_with_outcome_and_trace(technical, max_, sign_in):
    row, client = mail(), sign_in(max_)
    page = client.get("/admin/mail/inbound").content.decode()
    assert "E-17 again" in page
    assert f"#{row.ticket.number}" in page
    detail = client.get(f"/admin/mail/inbound/{row.pk}").content.decode()
    assert all(step["text"].split("<")[0][:20] in detail for step in row.trace[:1])


def test_raw_download_is_audited(technical, max_, sign_in):
    row = mail()
    answer = sign_in(max_).get(f"/admin/mail/inbound/{row.pk}/raw")
    assert b"Subject: E-17 again" in b"".join(answer.streaming_content)
    assert "attachment" in answer["Content-Disposition"]
    assert AuditEntry.objects.filter(subject_id=str(row.pk)).exists()


def test_blocked_sender_is_quarantined_and_let_in_again(technical, max_, sign_in):
    client, first = sign_in(max_), mail()
    client.post(f"/admin/mail/inbound/{first.pk}/decision", {"act": "block"})
    assert SenderRule.objects.get().value == "mira@private.example"
    held = mail("Another", subject="Second")
    assert held.outcome == "quarantined"
    client.post(f"/admin/mail/inbound/{held.pk}/decision", {"act": "release"})
    held.refresh_from_db()
    assert (held.outcome, held.is_released) == ("", True)


def test_settled_mail_is_not_replayed(technical, max_, sign_in):
    row, client = mail(), sign_in(max_)
    client.post(f"/admin/mail/inbound/{row.pk}/decision", {"act": "replay"})
    row.refresh_from_db()
    assert row.outcome == "ticket"
    assert client.post(f"/admin/mail/inbound/{row.pk}/decision", {"act": "x"}).status_code == 404


def test_outbox_shows_a_reply_and_discards_it(technical, cleo, ada, max_, sign_in):
    message = make_reply(make_ticket(cleo, technical), ada)
    row, client = OutgoingMail.objects.get(message=message), sign_in(max_)
    assert cleo.email in client.get("/admin/mail/outbox").content.decode()
    assert client.get(f"/admin/mail/outbox/{row.pk}").status_code == 200
    client.post(f"/admin/mail/outbox/{row.pk}/decision", {"act": "discard"})
    row.refresh_from_db()
    message.refresh_from_db()
    assert (row.state, message.delivery_state) == ("cancelled", "failed")


def test_failed_mail_is_tried_again(technical, cleo, ada, max_, sign_in):
    message = make_reply(make_ticket(cleo, technical), ada)
    OutgoingMail.objects.update(state="failed", last_error="550 no")
    client = sign_in(max_)
    client.post("/admin/mail/outbox/retry")
    assert OutgoingMail.objects.get(message=message).state == "pending"


@pytest.mark.parametrize("has_server", [True, False])
def test_kept_mail_can_be_sent_once_there_is_a_server(
    has_server, cleo, ada, max_, sign_in, settings
):
    settings.SMTP = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": 9} if has_server else None
    message = make_reply(make_ticket(cleo), ada)
    OutgoingMail.objects.filter(message=message).update(state="kept")
    row, client = OutgoingMail.objects.get(message=message), sign_in(max_)
    page = client.get(f"/admin/mail/outbox/{row.pk}").content.decode()
    assert ('value="retry"' in page) is has_server
    assert 'value="discard"' in page
    if has_server:
        client.post(f"/admin/mail/outbox/{row.pk}/decision", {"act": "retry"})
        row.refresh_from_db()
        message.refresh_from_db()
        assert (row.state, message.delivery_state) == ("pending", "queued")


def test_frame_is_sandboxed(technical, cleo, ada, max_, sign_in):
    make_reply(make_ticket(cleo, technical), ada)
    OutgoingMail.objects.filter(kind="reply").update(html="<p>Hi</p><script>x</script>")
    answer = sign_in(max_).get(
        f"/admin/mail/outbox/{OutgoingMail.objects.get(kind='reply').pk}/frame"
    )
    assert b"script" not in answer.content
    assert "sandbox" in answer["Content-Security-Policy"]


def test_agents_see_none_of_it(technical, ada, sign_in):
    row, client = mail(), sign_in(ada)
    for page in ("inbound", f"inbound/{row.pk}", f"inbound/{row.pk}/raw", "outbox"):
        assert client.get(f"/admin/mail/{page}").status_code == 403
    assert client.get("/admin/spam_filters").status_code == 403


def test_spam_filter_is_plain_words(max_, sign_in):
    client = sign_in(max_)
    facts = {"field": "domain", "value": "@Evil.example", "verdict": "block"}
    assert client.post("/admin/spam_filters/add", facts).status_code in (302, 303)
    assert SenderRule.objects.get().value == "evil.example"
    assert client.post("/admin/spam_filters/add", facts | {"value": "a"}).status_code == 422


def test_ledger_pages_by_key(technical, max_, sign_in):
    now = timezone.now()
    InboundMail.objects.bulk_create(
        InboundMail(sha256=f"{n:064}", size=1, received_at=now, subject=f"mail {n}")
        for n in range(60)
    )
    client = sign_in(max_)
    first = client.get("/admin/mail/inbound").context["page"]
    second = client.get(f"/admin/mail/inbound{first.next_url}").context["page"]
    again = client.get(f"/admin/mail/inbound{second.previous_url}").context["page"]
    assert [len(page.lines) for page in (first, second)] == [50, 10]
    assert not {line.url for line in first.lines} & {line.url for line in second.lines}
    assert again.lines == first.lines
    assert (first.previous_url, second.next_url) == ("", "")


def test_page_of_the_outbox_keeps_its_filter(cleo, ada, max_, sign_in):
    message = make_reply(make_ticket(cleo), ada)
    row = OutgoingMail.objects.get(message=message)
    OutgoingMail.objects.bulk_create(
        OutgoingMail(
            idempotency_key=str(n),
            identifier=f"<{n}@x.example>",
            state="failed",
            due_at=row.due_at,
            created_at=row.created_at,
        )
        for n in range(51)
    )
    page = sign_in(max_).get("/admin/mail/outbox?state=failed&after=x").context["page"]
    assert len(page.lines) == 50
    assert page.next_url.startswith("?state=failed&after=")


@pytest.mark.parametrize(
    "cursor", ["x", "2026-99-99T00:00:00Z_1", "2026-01-01T00:00:00_1", "_", "9"]
)
def test_odd_cursor_begins_at_the_first_page(technical, max_, sign_in, cursor):
    mail()
    page = sign_in(max_).get("/admin/mail/inbound", {"before": cursor}).context["page"]
    assert len(page.lines) == 1
