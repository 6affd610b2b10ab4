"""What was redacted stands in no column of any table and in no file, whoever repeated it before."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from mailpipe.dispatch import send_due
from tests.factories import make_note, make_reply
from tests.mailpipe.letters import letter, receive
from tests.tickets.test_forwarding import forward
from tickets.actions import (
    Planned,
    Typed,
    assign_ticket,
    cancel_scheduled,
    mention_people,
    merge_tickets,
    redact_message,
    save_draft,
    schedule_reply,
    send_scheduled,
    split_ticket,
)
from tickets.actions.messages import Answer
from tickets.actions.splitting import Split
from tickets.actors import Actor
from tickets.content import Content, Recipients
from tickets.models import Message, Ticket
from tickets.search import write_stale_documents

pytestmark = pytest.mark.django_db
SECRET = "My card is 4929 canarycard 8888"
WORD = "canarycard"
QUOTED = f"You wrote:\n\n> {SECRET}\n\nThank you."


def places() -> dict[str, int]:
    """In which tables and files the word stands, and how often."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(
            {one._meta.db_table for one in apps.get_models(include_auto_created=True)}
        ):
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 -- our own tables
            count = sum(row[0].count(WORD) for row in cursor.fetchall())
            if count:
                found[table] = count
    for path in Path(settings.FILES_DIR).rglob("*"):
        if path.is_file() and WORD.encode() in path.read_bytes():
            found[f"file {path.name}"] = 1
    return found


def old_files() -> None:
    """What was stored long ago may be dropped at once."""
    long_ago = time.time() - 3600
    for path in Path(settings.FILES_DIR).rglob("*"):
        if path.is_file():
            os.utime(path, (long_ago, long_ago))


def redact(message: Message, user) -> None:
    actor, now = Actor.of_user(user), timezone.now()
    redact_message(message, reason="Card number", actor=actor, now=now)


def plan(ticket: Ticket, user):
    """A reply for later that quotes."""
    content = Content(text=QUOTED, is_markdown=True)
    answer = Answer(content=content, recipients=Recipients(to=(ticket.customer.email,)))
    planned = Planned(answer=answer, due_at=timezone.now() + timedelta(hours=1))
    return schedule_reply(ticket, planned=planned, author=user, now=timezone.now())


@pytest.fixture
def said(technical, cleo, ada, max_) -> Message:
    """A mail that should never have been written, after everybody has repeated it."""
    raw = letter(f"{SECRET}\r\nPlease charge it.")
    message = receive(raw).message
    ticket, actor, now = message.ticket, Actor.of_user(ada), timezone.now()
    assign_ticket(ticket, assignee=ada, actor=Actor.of_user(max_), now=now)
    receive(raw)
    tag = f"[Ticket ID: {ticket.number}]"
    receive(letter(f"And?\r\n\r\nOn Monday I wrote:\r\n> {SECRET}", Subject=tag))
    make_reply(ticket, ada, text=QUOTED)
    mention_people(make_note(ticket, ada, QUOTED), users=[max_], actor=actor, now=now)
    forward(ticket, ada, message)
    for kind in ("reply", "note", "forward"):
        typed = Typed(kind=kind, text=QUOTED)
        save_draft(ticket, user=ada, typed=typed, revision=1, now=now)
    send_scheduled(plan(ticket, ada), now=now)
    cancel_scheduled(plan(ticket, max_), actor=Actor.of_user(max_), now=now)
    plan(ticket, ada)
    for minutes in (1, 2):
        send_due(now=lambda later=minutes: timezone.now() + timedelta(minutes=later))
    write_stale_documents(now)
    return Message.objects.get(pk=message.pk)


def test_redacted_words_stand_in_no_table_and_no_file(
    said, max_, django_capture_on_commit_callbacks
):
    before = places()
    assert {"tickets_message", "tickets_draft", "tickets_scheduledreply"} <= set(before)
    assert sum(before.values()) > 20
    old_files()
    with django_capture_on_commit_callbacks(execute=True):
        redact(said, max_)
    assert places() == {}
    write_stale_documents(timezone.now())
    assert places() == {}


def test_a_reply_sent_at_its_time_keeps_no_second_copy(
    technical, cleo, ada, max_, django_capture_on_commit_callbacks
):
    """What staff wrote themselves and sent later goes with the message it became."""
    ticket = receive(letter("Which account?")).ticket
    content = Content(text=SECRET, is_markdown=True)
    answer = Answer(content=content, recipients=Recipients(to=(cleo.email,)))
    planned = Planned(answer=answer, due_at=timezone.now() + timedelta(hours=1))
    row = schedule_reply(ticket, planned=planned, author=ada, now=timezone.now())
    message = send_scheduled(row, now=timezone.now())
    assert message is not None
    with django_capture_on_commit_callbacks(execute=True):
        redact(message, max_)
    assert places() == {}


@pytest.mark.parametrize("how", ["split", "merge"])
def test_words_are_gone_from_tickets_that_came_out_of_this_one(
    technical, cleo, ada, max_, how, django_capture_on_commit_callbacks
):
    ticket = receive(letter(SECRET)).ticket
    message = ticket.messages.get()
    tag = f"[Ticket ID: {ticket.number}]"
    later = receive(letter(f"Another thing.\r\n> {SECRET}", Subject=tag)).message
    make_reply(ticket, ada, text=QUOTED)
    actor, now = Actor.of_user(ada), timezone.now()
    if how == "split":
        wish = Split(messages=[later.pk], subject="Another thing")
        split_ticket(ticket, split=wish, actor=actor, now=now)
    else:
        primary = receive(letter("A first one.")).ticket
        merge_tickets(primary, others=[ticket], actor=actor, now=now)
    old_files()
    with django_capture_on_commit_callbacks(execute=True):
        redact(Message.objects.get(pk=message.pk), max_)
    write_stale_documents(timezone.now())
    assert places() == {}
