"""Mail out: D-09 to D-11 and D-13 of trust.md."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from contextlib import suppress

import pytest

from tests.drills.rig import Rig, marks, report, until
from tests.mailpipe.sink import SinkServer

SEND = "mailpipe.send"
UNSENT = "SELECT count(*) FROM mailpipe_outgoingmail WHERE kind='reply' AND state IN ('pending', 'sending')"
FAILED = "SELECT count(*) FROM tickets_message WHERE delivery_state = 'failed'"
# A try that is due later is due now: the drill need not wait a minute for the second one.
HURRY = "UPDATE mailpipe_outgoingmail SET due_at = now() WHERE state = 'pending' RETURNING id"

_REPLYING = """
from django.utils import timezone
from accounts.models import Department, User
from customers.actions import find_or_create_customer
from tickets.actions import Opening, open_ticket, reply
from tickets.actions.messages import Answer
from tickets.actors import Actor
from tickets.content import Author, Content, Recipients
ada, tech = User.objects.get(email="ada@drill.example"), Department.objects.get()
for number, mark in enumerate("{marks}".split()):
    now = timezone.now()
    if number % 3 == 0:
        email = f"c{{mark[:10]}}@customer.example"
        customer = find_or_create_customer(email, name="C", now=now)
        ticket = open_ticket(Opening(customer=customer, department=tech, subject="Drill",
            content=Content(text="Help"), channel="phone", author=Author(name="C", email=email)),
            actor=Actor.of_customer(customer), now=now)
    reply(ticket, answer=Answer(content=Content(text=f"Answer {{mark}}"),
          recipients=Recipients(to=(customer.email,))), actor=Actor.of_user(ada), now=now)
"""


def replied(rig: Rig, count: int) -> list[str]:
    """Replies written, three to a ticket, none sent yet."""
    sent = marks(count)
    rig.manage("shell", "-v0", "-c", _REPLYING.format(marks=" ".join(sent)))
    return sent


def delivered(rig: Rig, sent: list[str]) -> Counter[str]:
    """How often each reply reached the sink."""
    texts = [mail.content.decode(errors="replace").split("--- ")[0] for mail in rig.sink.taken]
    return Counter({mark: sum(f"Answer {mark}" in _new(text) for text in texts) for mark in sent})


def identifiers(rig: Rig, mark: str) -> set[str]:
    return {
        str(mail.mail["Message-ID"])
        for mail in rig.sink.taken
        if f"Answer {mark}" in _new_text(mail)
    }


def _new(text: str) -> str:
    """Without the quoted history, in which older replies stand too."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(">")).split(
        "<blockquote"
    )[0]


def _new_text(mail: object) -> str:
    return _new(mail.content.decode(errors="replace"))


def finish(rig: Rig, *, seconds: float = 120) -> None:
    def all_out() -> bool:
        rig.rows(HURRY)
        return rig.count(UNSENT) == 0

    until(all_out, seconds=seconds, what="an empty outbox")


def account(drill: str, rig: Rig, sent: list[str], *, dup_at_most: int, **facts: object) -> None:
    times = delivered(rig, sent)
    lost = sum(count == 0 for count in times.values())
    doubled = sum(count - 1 for count in times.values() if count > 1)
    report(drill, **{"in": len(sent)}, out=sum(times.values()), lost=lost, dup=doubled, **facts)
    assert lost == 0
    assert doubled <= dup_at_most
    for mark, count in times.items():
        if count > 1:
            assert len(identifiers(rig, mark)) == 1
    rig.verify()


@pytest.mark.thorough
def test_d09_mail_server_refuses_for_a_while(rig, size):
    rig.sinks.stop()
    sent = replied(rig, size.of(300, 12))
    rig.keep(SEND)
    time.sleep(size.of(300, 5))
    assert rig.count(FAILED) == 0
    rig.sinks = SinkServer(rig.sinks.port)
    rig.sinks.start()
    finish(rig)
    order = [m for mail in rig.sink.taken for m in sent if f"Answer {m}" in _new_text(mail)]
    for first in range(0, len(sent), 3):
        thread = sent[first : first + 3]
        assert [mark for mark in order if mark in thread] == thread
    account("D-09", rig, sent, dup_at_most=0)


@pytest.mark.thorough
def test_d10_try_again_and_never(rig, size):
    count = size.of(100, 12)
    rig.sink.answers.extend(["451 later"] * 2)
    sent = replied(rig, count)
    refused = [
        email
        for (email,) in rig.rows(
            "SELECT DISTINCT email FROM customers_customer WHERE email <> '' ORDER BY 1"
        )
    ][: max(1, count // 30)]
    rig.sink.refused.update(dict.fromkeys(refused, "550 5.1.1 no such user"))
    rig.keep(SEND)
    finish(rig)
    failed = rig.count(FAILED)
    times = delivered(rig, sent)
    report("D-10", **{"in": count}, out=sum(times.values()), failed=failed, dup=0)
    assert failed == 3 * len(refused)
    assert sum(times.values()) == count - failed
    assert set(times.values()) <= {0, 1}
    rig.verify()


def test_d11_connection_dropped_after_data(rig, size):
    drops = size.of(10, 3)
    sent = replied(rig, size.of(60, 9))
    rig.sink.answers.extend(["drop", "250 OK"] * drops)
    rig.keep(SEND)
    finish(rig)
    account("D-11", rig, sent, dup_at_most=drops, drops=drops)


def test_d13_sender_killed_again_and_again(rig, size):
    kills = size.of(30, 4)
    sent = replied(rig, size.of(500, 18))
    rig.keep(SEND)
    done = 0
    while done < kills:
        time.sleep(0.3)
        if pid := rig.treader(SEND):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                done += 1
    # Leases of killed senders run out within a minute or so.
    began = time.monotonic()
    finish(rig, seconds=400)
    account(
        "D-13",
        rig,
        sent,
        dup_at_most=kills,
        kills=done,
        recovery_s=round(time.monotonic() - began, 1),
    )
