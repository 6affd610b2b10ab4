"""Sweepers side by side and sweepers that die: everything happens exactly once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from django.db import connection, connections
from django.utils import timezone

from core.models import AuditEntry, TimedAction
from core.timers import TimerKind, act_on_due, schedule, timer_kinds

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 40
DYING: list[str] = []


def act(action: TimedAction, now: datetime) -> None:
    """One row per act; the process may die right after it."""
    AuditEntry.objects.create(verb="acted", subject_kind="t", subject_id=action.key, at=now)
    if action.key in DYING:
        os._exit(9)


@pytest.fixture(autouse=True)
def kind() -> Iterator[None]:
    timer_kinds.register("test.count", TimerKind("count", act))
    yield
    timer_kinds._entries.pop("test.count")
    DYING.clear()


def times_acted() -> Counter[str]:
    return Counter(AuditEntry.objects.filter(verb="acted").values_list("subject_id", flat=True))


def sweep(start: Barrier) -> None:
    try:
        start.wait(timeout=30)
        for _round in range(3):
            act_on_due(timezone.now())
    finally:
        connection.close()


def test_sweepers_side_by_side_act_once_on_each_row() -> None:
    now = timezone.now()
    for number in range(ROWS):
        schedule("test.count", str(number), due_at=now)
    start = Barrier(3)
    with ThreadPoolExecutor(3) as pool:
        for job in [pool.submit(sweep, start) for _sweeper in range(3)]:
            job.result()
    assert times_acted() == {str(number): 1 for number in range(ROWS)}
    assert not TimedAction.objects.exclude(state="done").exists()


def test_a_sweeper_that_dies_in_the_middle_leaves_nothing_half_done() -> None:
    now = timezone.now()
    for number in range(5):
        schedule("test.count", str(number), due_at=now)
    DYING.append("2")
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        act_on_due(timezone.now())
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    assert times_acted() == {"0": 1, "1": 1}
    DYING.clear()
    assert act_on_due(timezone.now()) == 3
    assert times_acted() == {str(number): 1 for number in range(5)}
