"""`manage.py verify` finds broken ticket rows and mends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core import files
from tests.factories import make_inbound, make_note, make_reply, make_ticket
from tickets import verify
from tickets.actions import close_ticket
from tickets.actors import Actor
from tickets.models import Attachment, SearchDocument, Ticket

pytestmark = pytest.mark.django_db


def broken(ticket, **columns):
    Ticket.objects.filter(pk=ticket.pk).update(**columns)


def test_what_actions_write_is_sound(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    make_note(ticket, ada)
    make_reply(ticket, ada)
    make_inbound(ticket)
    close_ticket(make_ticket(cleo, technical), actor=Actor.of_user(ada), now=timezone.now())
    checks = (
        verify.check_columns,
        verify.check_counts,
        verify.check_documents,
        verify.check_history,
    )
    assert [check(repair=False) for check in checks] == [[], [], [], []]


@pytest.mark.parametrize(
    ("check", "columns"),
    [
        (verify.check_columns, {"priority_rank": 9}),
        (verify.check_columns, {"is_open": False}),
        (verify.check_columns, {"next_due_at": timezone.now() + timedelta(days=9)}),
        (verify.check_counts, {"message_count": 7}),
        (verify.check_counts, {"last_message_id": None}),
    ],
)
def test_wrong_column_is_found_and_mended(technical, cleo, check, columns):
    ticket = make_ticket(cleo, technical)
    before = Ticket.objects.filter(pk=ticket.pk).values().get()
    broken(ticket, **columns)
    assert [f.repaired for f in check(repair=False)] == [False]
    assert [f.repaired for f in check(repair=True)] == [True]
    assert check(repair=False) == []
    assert Ticket.objects.filter(pk=ticket.pk).values().get() == before


def test_missing_search_document_is_made(technical, cleo):
    ticket = make_ticket(cleo, technical)
    SearchDocument.objects.all().delete()
    assert len(verify.check_documents(repair=True)) == 1
    assert SearchDocument.objects.get(ticket=ticket).is_stale


def test_ticket_without_opening_event_is_found(technical, cleo):
    make_ticket(cleo, technical)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL helpdesk.erasing = 'on'")
        cursor.execute("DELETE FROM tickets_event")
    assert len(verify.check_history(repair=False)) == 1


def test_missing_file_is_found(technical, cleo):
    ticket = make_ticket(cleo, technical)
    stored = files.put(b"bytes")
    Attachment.objects.create(
        ticket=ticket,
        message=ticket.messages.get(),
        sha256=stored.sha256,
        size=5,
        filename="a.txt",
        content_type="text/plain",
        created_at=timezone.now(),
    )
    assert verify.check_files(repair=False) == []
    files.path_of(stored.sha256).unlink()
    assert len(verify.check_files(repair=False)) == 1
