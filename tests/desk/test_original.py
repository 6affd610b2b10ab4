"""Original mails: framed without harm, raw only for those who may inspect mail."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core.files import put_compressed
from core.models import AuditEntry
from mailpipe.models import InboundMail
from tests.factories import make_ticket
from tickets.models import Message

pytestmark = pytest.mark.django_db
RAW = b"""From: Cleo <cleo@harbour.example>\r
Subject: Espresso line down\r
X-Mailer: Kettle 2\r
MIME-Version: 1.0\r
Content-Type: text/html; charset=utf-8\r
\r
<div style="color:red"><script>alert(1)</script><p onclick="x()">Both machines show <b>E-17</b>.</p>
<img src="https://tracker.example/p.gif"><form action="https://evil.example"><input></form></div>
"""


@pytest.fixture
def message(cleo, technical) -> Message:
    message = make_ticket(cleo, technical).messages.get()
    stored = put_compressed(RAW)
    InboundMail.objects.create(
        message=message,
        ticket=message.ticket,
        sha256="0" * 64,
        stored_as=stored.sha256,
        size=stored.size,
        received_at=timezone.now(),
    )
    return message


def url(message: Message, part: str) -> str:
    return f"/admin/tickets/ticket/{message.ticket.number}/messages/{message.pk}/{part}"


def test_frame_keeps_the_dress_and_drops_the_harm(sign_in, ada, message):
    page = sign_in(ada).get(url(message, "frame")).content.decode()
    assert "<b>E-17</b>" in page
    assert "color:red" in page.replace(" ", "")
    for harm in ("<script", "onclick", "<form", "<input", 'src="https://tracker.example'):
        assert harm not in page, harm


def test_headers_and_download_are_for_those_who_may_inspect_mail(sign_in, ada, max_, message):
    ada.role.permissions = [name for name in ada.role.permissions if name != "mail.inspect"]
    ada.role.save()
    assert "Kettle 2" not in sign_in(ada).get(url(message, "raw")).content.decode()
    assert sign_in(ada).get(url(message, "download")).status_code == 403
    assert "Kettle 2" in sign_in(max_).get(url(message, "raw")).content.decode()


def test_download_is_the_mail_as_it_came_and_is_on_record(sign_in, max_, message):
    response = sign_in(max_).get(url(message, "download"))
    assert b"".join(response.streaming_content) == RAW
    assert response.headers["Content-Type"] == "message/rfc822"
    assert AuditEntry.objects.filter(verb="raw_mail_downloaded", actor=max_).exists()


def test_mail_that_is_gone_answers_404_and_its_frame_shows_what_was_kept(sign_in, max_, message):
    InboundMail.objects.update(raw_deleted_at=timezone.now())
    client = sign_in(max_)
    assert client.get(url(message, "download")).status_code == 404
    assert "Both machines show E-17." in client.get(url(message, "frame")).content.decode()
    assert client.get(url(message, "raw")).status_code == 200


@pytest.mark.parametrize("part", ["frame", "raw", "download"])
def test_agent_of_another_department_finds_no_mail(sign_in, ben, message, part):
    assert sign_in(ben).get(url(message, part)).status_code == 404
