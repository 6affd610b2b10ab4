"""From the spool to tickets: nothing lost, nothing doubled, nobody blocked (mail.md A)."""

from __future__ import annotations

import faulthandler
import fcntl
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError
from django.utils import timezone

from core import clock, files
from mailpipe import drain as drain_module
from mailpipe.drain import drain
from mailpipe.isolation import time_limit
from mailpipe.models import InboundMail, MessageIdentifier, OutgoingMail
from tests.mailpipe.letters import letter
from tickets.models import Attachment, Message, Ticket

pytestmark = pytest.mark.django_db
Reading = Callable[..., object]
REPOSITORY = Path(__file__).resolve().parents[2]


def pipe(raw: bytes, recipient: str = "tech@company.example") -> None:
    """Hand a mail over as the mail server does: another process, bytes on stdin."""
    done = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "mailpipe",
            "--recipient",
            recipient,
            "--sender",
            "c@d.example",
        ],
        input=raw,
        cwd=REPOSITORY,
        env={"MAIL_SPOOL": str(django_settings.MAIL_SPOOL), "PATH": os.environ["PATH"]},
        check=False,
        capture_output=True,
        timeout=20,
    )
    assert (done.returncode, done.stdout) == (0, b"")


def drop(raw: bytes, name: str = "1") -> None:
    """A spool file without the cost of a process."""
    folder = Path(django_settings.MAIL_SPOOL)
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / f"{int(name):020d}-1-{'0' * 16}.mail").write_bytes(
        b'{"spool": 1, "recipient": "tech@company.example", "sender": "c@d.example",'
        b' "received_at": "2026-11-16T09:00:00+00:00"}\n' + raw
    )


def spooled() -> list[Path]:
    return list(Path(django_settings.MAIL_SPOOL).glob("*.mail"))


def test_piped_mail_becomes_a_ticket(technical):
    pipe(letter())
    assert drain() == 1
    row = InboundMail.objects.get()
    assert (row.outcome, row.recipient, row.envelope_sender) == (
        "ticket",
        "tech@company.example",
        "c@d.example",
    )
    assert row.received_at <= timezone.now()
    assert not spooled()


def test_raw_bytes_are_kept_as_they_came(technical):
    raw = letter("Grüße\x00\xff")
    drop(raw)
    drain()
    with files.open_compressed(InboundMail.objects.get().stored_as) as file:
        assert file.read() == raw


def test_mails_are_settled_in_order_of_arrival(technical):
    for number in (3, 1, 2):
        drop(letter(Subject=f"Number {number}"), name=str(number))
    drain()
    subjects = list(Ticket.objects.order_by("pk").values_list("subject", flat=True))
    assert subjects == ["Number 1", "Number 2", "Number 3"]


def test_crash_between_commit_and_removal_makes_no_second_ticket(technical, monkeypatch):
    monkeypatch.setattr("mailpipe.spool.discard", lambda _path: None)
    drop(letter())
    drain()
    monkeypatch.undo()
    drain()
    assert (Ticket.objects.count(), InboundMail.objects.count()) == (1, 1)
    assert not spooled()


def test_second_drain_leaves_at_once(technical):
    drop(letter())
    lock = os.open(
        Path(django_settings.MAIL_SPOOL) / drain_module.JOURNAL_NAME, os.O_RDWR | os.O_CREAT
    )
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert drain() == 0
    finally:
        os.close(lock)
    assert drain() == 1


def test_poison_mail_is_tried_again_and_then_held(technical, monkeypatch):
    monkeypatch.setattr(drain_module, "read_mail", broken_for(b"poison"))
    drop(letter("poison"), name="1")
    drop(letter("fine"), name="2")
    start = timezone.now()
    tries = []
    for minutes in (0, 0.5, 1.1, 3, 6.5, 30, 37):
        with clock.moved_to(start + timedelta(minutes=minutes)):
            drain()
        tries.append(InboundMail.objects.earliest("pk").attempts)
    assert tries == [1, 1, 2, 2, 3, 3, 4]
    row = InboundMail.objects.earliest("pk")
    assert (row.outcome, row.ticket) == ("failed", None)
    assert "unreadable" in row.last_error
    assert Ticket.objects.count() == 1


def test_crashed_worker_counts_as_a_try(technical, monkeypatch):
    drop(letter("deadly"))
    monkeypatch.setattr(drain_module, "settle_guarded", lambda _row: None)
    start = timezone.now()
    for minutes in (0, 2, 8, 40, 41):
        with clock.moved_to(start + timedelta(minutes=minutes)):
            drain()
        leave_journal(InboundMail.objects.get().pk)
    row = InboundMail.objects.get()
    assert (row.outcome, row.attempts) == ("failed", 4)
    assert "killed" in row.last_error


def test_drain_that_ended_well_counts_nothing(technical):
    drop(letter())
    drain()
    drain()
    assert InboundMail.objects.get().attempts == 1


def test_mail_beyond_its_time_is_held_and_the_next_goes_on(technical, monkeypatch):
    monkeypatch.setattr(drain_module, "time_limit", short_limit)
    monkeypatch.setattr(drain_module, "read_mail", slow_for(b"slow"))
    drop(letter("slow"), name="1")
    drop(letter("fine"), name="2")
    drain()
    assert list(InboundMail.objects.order_by("pk").values_list("outcome", flat=True)) == [
        "quarantined",
        "ticket",
    ]


def test_failure_leaves_nothing_half_done(technical, monkeypatch):
    monkeypatch.setattr("mailpipe.actions.arrival._confirm", broken)
    drop(letter())
    drain()
    for model in (Ticket, Message, Attachment, MessageIdentifier, OutgoingMail):
        assert not model.objects.exists()
    assert InboundMail.objects.get().outcome == ""


def test_contention_is_tried_again_at_once(technical, monkeypatch):
    real, calls = drain_module.settle_mail, []

    def contended(*args: object, **kwargs: object) -> object:
        calls.append(1)
        if len(calls) == 1:
            failure = OperationalError("deadlock")
            failure.__cause__ = type("Cause", (Exception,), {"sqlstate": "40P01"})()
            raise failure
        return real(*args, **kwargs)

    monkeypatch.setattr(drain_module, "settle_mail", contended)
    drop(letter())
    drain()
    assert InboundMail.objects.get().outcome == "ticket"


def test_database_away_leaves_the_mail_in_the_spool(technical, monkeypatch):
    def away(*_args: object, **_kwargs: object) -> None:
        raise OperationalError("connection refused")

    drop(letter())
    monkeypatch.setattr(InboundMail.objects, "bulk_create", away)
    with pytest.raises(OperationalError):
        drain()
    assert len(spooled()) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("death", ["segfault", "memory", "exit"])
def test_d24_child_that_dies_takes_nobody_along(death, technical, monkeypatch):
    monkeypatch.setattr(drain_module, "read_mail", deadly(death))
    monkeypatch.setattr(drain_module, "CHILD_SIZE", 10)
    drop(letter("deadly"), name="1")
    drop(letter("fine"), name="2")
    drain()
    bad, good = InboundMail.objects.order_by("pk")
    assert good.outcome == "ticket"
    assert bad.outcome == ("quarantined" if death == "memory" else "")
    assert death == "memory" or "lost" in bad.last_error
    with files.open_compressed(bad.stored_as) as file:
        assert b"deadly" in file.read()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_large_mail_is_settled_in_a_child(technical):
    drop(letter("x" * 1_200_000))
    drain()
    row = InboundMail.objects.get()
    assert (row.outcome, row.attempts) == ("ticket", 1)
    assert row.message.text.startswith("xxx")


def leave_journal(pk: int) -> None:
    """As SIGKILL leaves it: the mail in work stands there."""
    journal = Path(django_settings.MAIL_SPOOL) / drain_module.JOURNAL_NAME
    journal.write_bytes(b"%020d" % pk)


def broken(*_args: object, **_kwargs: object) -> None:
    raise RuntimeError("unreadable")


def broken_for(word: bytes) -> Reading:
    real = drain_module.read_mail

    def read(raw: bytes, **kwargs: str) -> object:
        return broken() if word in raw else real(raw, **kwargs)

    return read


def slow_for(word: bytes) -> Reading:
    real = drain_module.read_mail

    def read(raw: bytes, **kwargs: str) -> object:
        while word in raw:
            pass
        return real(raw, **kwargs)

    return read


def short_limit() -> AbstractContextManager[None]:
    return time_limit(2)


def deadly(death: str) -> Reading:
    real = drain_module.read_mail

    def read(raw: bytes, **kwargs: str) -> object:
        if b"deadly" not in raw:
            return real(raw, **kwargs)
        faulthandler.disable()
        match death:
            case "segfault":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "memory":
                assert resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY
                return bytes(4 * 1024**3)
            case _:
                os._exit(1)
        return None

    return read
