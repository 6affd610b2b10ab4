"""Sweeps and answers at the same time, on real transactions: in time or late, never both."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction

from core import events
from core.events import on
from sla import sweep
from sla.events import ClockBreached
from sla.models import Firing, SlaClock
from sla.recomputing import differences
from tests.factories import make_reply, make_ticket
from tests.sla.conftest import at
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
DUE = at("2025-02-04 14:00")
LATE = DUE + timedelta(seconds=1)
SWEEPERS = 3


@pytest.fixture
def announced(monkeypatch) -> Counter[int]:
    """How often a breach of each ticket was announced and committed."""
    counter: Counter[int] = Counter()
    monkeypatch.setattr(events, "_reactions", {**events._reactions, ClockBreached: []})
    on(ClockBreached)(
        lambda event: transaction.on_commit(lambda: counter.update([event.ticket.pk]))
    )
    return counter


@pytest.fixture
def tickets(promise, cleo, technical) -> list[Ticket]:
    """Eight, all due on Tuesday at 14:00."""
    promise(first_response=4)
    return [make_ticket(cleo, technical, now=at("2025-02-04 10:00")) for _number in range(8)]


def together(*deeds: Callable[[], object]) -> None:
    """Each in a thread and with a connection of its own, all at once."""
    start = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        try:
            start.wait(timeout=30)
            deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        for job in [pool.submit(run, deed) for deed in deeds]:
            job.result()


def swept(*, times: int = 4) -> None:
    for _time in range(times):
        sweep.claim(LATE)
        sweep.act(LATE)


def test_answered_in_time_or_late_but_never_both(tickets, ada, announced):
    in_time, late = tickets[:4], tickets[4:]
    answers = [
        *(lambda ticket=ticket: make_reply(ticket, ada, now=DUE) for ticket in in_time),
        *(lambda ticket=ticket: make_reply(ticket, ada, now=LATE) for ticket in late),
    ]
    together(*[swept] * SWEEPERS, *answers)
    swept()
    breached = SlaClock.objects.exclude(breached_at=None).values_list("ticket", flat=True)
    # A sweep may have announced what an answer, committed later, shows to have been in time.
    assert set(breached) == {ticket.pk for ticket in late}
    assert {announced[ticket.pk] for ticket in late} == {1}
    assert max(announced.values()) == 1
    assert list(differences()) == []


def test_many_sweepers_announce_everything_once(tickets, announced):
    together(*[swept] * 5)
    assert announced == {ticket.pk: 1 for ticket in tickets}
    assert Counter(Firing.objects.values_list("threshold", flat=True)) == {"75%": 8, "breach": 8}


def mortal(deed: Callable, chance: random.Random) -> Callable:
    """A deed in which two of five workers die."""

    def die_or_do(subject: object) -> None:
        if chance.random() < 0.4:
            raise KeyboardInterrupt
        deed(subject)

    return die_or_do


def reborn() -> None:
    for _life in range(12):
        with suppress(KeyboardInterrupt):
            swept(times=1)


def test_sweepers_that_die_announce_everything_once(tickets, announced, monkeypatch):
    chance = random.Random(7)
    with monkeypatch.context() as dying:
        dying.setattr(sweep.Batch, "save", mortal(sweep.Batch.save, chance))
        dying.setattr(sweep.pokes, "poke", mortal(sweep.pokes.poke, chance))
        dying.setattr(sweep, "ACT_BATCH", 3)
        dying.setattr(sweep, "CLAIM_BATCH", 3)
        together(*[reborn] * SWEEPERS)
    swept()
    assert announced == {ticket.pk: 1 for ticket in tickets}


def test_a_ticket_somebody_works_on_is_announced_by_the_next_sweep(tickets, announced):
    busy = tickets[0]
    with transaction.atomic():
        Ticket.objects.select_for_update().get(pk=busy.pk)
        together(swept)
        assert announced[busy.pk] == 0
    swept()
    assert announced == {ticket.pk: 1 for ticket in tickets}


def test_a_clock_that_is_being_changed_is_claimed_by_the_next_sweep(tickets, announced):
    with transaction.atomic():
        SlaClock.objects.select_for_update().get(ticket=tickets[0])
        together(swept)
        assert announced[tickets[0].pk] == 0
    swept()
    assert announced[tickets[0].pk] == 1
