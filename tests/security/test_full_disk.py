"""A full disk refuses files with a clear word, keeps the text, and leaves nothing by half (X-48).

The disk is full for real: the kernel refuses every write beyond a limit, as it would without room.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from core import files
from core.models import Submission
from customers.models import Customer
from mailpipe.drain import drain
from mailpipe.models import InboundMail
from portal import traps
from tests.mailpipe.letters import letter
from tests.mailpipe.test_drain import drop
from tests.security.stage import Stage
from tests.security.visits import body_of, browser_of
from tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db
ROOM = 64 * 1024
IN_MEMORY, ON_DISK = 200 * 1024, 2 * 1024 * 1024
KEY = "0b6f3c1e-8d07-4a59-9f6e-2f1f0d4f5a11"
SENTENCE = "We have no room for files at the moment."


@contextmanager
def full_disk() -> Iterator[None]:
    """No file of this process grows beyond ROOM."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def large_file(size: int) -> BytesIO:
    file = BytesIO(b"x" * size)
    file.name = "photo.bin"
    return file


def forms(stage: Stage) -> dict[str, tuple[str, str, dict[str, str]]]:
    """Every form that takes files: who, where, what."""
    wish = {"subject": "Full", "message": "KEPT", "department": str(stage.technical.pk)}
    shown_at = traps.stamp(now=timezone.now() - timedelta(minutes=1))
    person = {"name": "Nora", "email": "nora@private.example", "consent": "on"}
    ticket = f"/admin/tickets/ticket/{stage.ticket.number}/messages"
    opening = {"subject": "Full", "text": "KEPT", "department": str(stage.technical.pk)}
    caller = {"email": "caller@private.example", "channel": "phone", "kind": "inbound"}
    answer = {"message": "KEPT"}
    return {
        "note": ("ada", ticket, {"kind": "note", "text": "KEPT"}),
        "reply": ("ada", ticket, {"kind": "reply", "text": "KEPT", "to": stage.cleo.email}),
        "by hand": ("ada", "/admin/tickets/add", opening | caller),
        "request": ("cleo", "/clients/open_ticket", wish),
        "answer": ("cleo", f"/clients/ticket/{stage.ticket.public_id}", answer),
        "guest": ("anonymous", f"/t/{stage.guest_token}", answer),
        "contact": ("anonymous", "/forms/ticket", wish | person | {"shown_at": shown_at}),
    }


def counts() -> list[int]:
    return [model.objects.count() for model in (Ticket, Message, Attachment, Customer, Submission)]


@pytest.mark.parametrize("size", [IN_MEMORY, ON_DISK])
@pytest.mark.parametrize(
    "form", ["note", "reply", "by hand", "request", "answer", "guest", "contact"]
)
def test_x48_form_comes_back_with_its_text(stage, form, size):
    actor, path, fields = forms(stage)[form]
    before, browser = counts(), browser_of(stage, actor)
    fields["idempotency_key"] = KEY
    with full_disk():
        response = browser.post(path, fields | {"attachments": [large_file(size)]})
    page = body_of(response)
    assert response.status_code == 422
    assert SENTENCE in page
    assert "KEPT" in page
    assert counts() == before
    assert not any(path.is_file() for path in Path(settings.FILES_DIR).glob("tmp/*"))
    assert browser.post(path, fields).status_code < 400, "the same form goes without the file"


def test_x48_file_arrives_once_there_is_room(stage):
    _actor, path, fields = forms(stage)["note"]
    response = browser_of(stage, "ada").post(
        path, fields | {"attachments": [large_file(ON_DISK), large_file(10)]}
    )
    assert response.status_code == 303
    sizes = Attachment.objects.filter(message__text="KEPT").values_list("size", flat=True)
    assert sorted(sizes) == [10, ON_DISK]


def test_store_names_its_lack_of_room_and_keeps_nothing():
    with full_disk(), pytest.raises(files.StoreFull):
        files.put(b"x" * IN_MEMORY)
    assert not list(files.stored_digests())


def spooled_letter(size: int) -> None:
    body = "x" * size
    raw = letter(
        f"--b\r\nContent-Type: text/plain\r\n\r\nSee the file.\r\n--b\r\n"
        "Content-Type: application/octet-stream\r\n"
        f'Content-Disposition: attachment; filename="a.bin"\r\n\r\n{body}\r\n--b--\r\n',
        Content_Type='multipart/mixed; boundary="b"',
    )
    drop(raw)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("size", [IN_MEMORY, ON_DISK])
def test_x48_mail_waits_for_room_and_counts_no_try(technical, size):
    spooled_letter(size)
    with full_disk(), pytest.raises(files.StoreFull):
        drain()
    mail = InboundMail.objects.get()
    assert (mail.attempts, mail.outcome) == (0, "")
    assert not Ticket.objects.exists()
    drain()
    mail.refresh_from_db()
    assert mail.outcome == "ticket"
    assert mail.message.attachments.get().size == size
