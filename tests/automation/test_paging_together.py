"""Sweepers, deaths and people who answer, all in the same second: each role is called once."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, connections
from django.utils import timezone

from accounts.models import User
from automation.models import OnCallSchedule, Page, PageStep
from automation.on_call import paging
from core import timers
from notifications.models import Notification
from tests.automation.on_call import make_role, make_schedule
from tests.factories import make_ticket, make_user
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
LATE = timedelta(minutes=15)


@pytest.fixture
def ann(technical) -> User:
    return make_user("Ann", "agent", technical)


@pytest.fixture
def schedule(ann: User) -> OnCallSchedule:
    """Ann first, Bob after fifteen minutes."""
    row, before = make_schedule(), timezone.now() - timedelta(days=1)
    make_role(row, "Primary", ann, now=before)
    make_role(row, "Backup", make_user("Bob"), level=2, now=before)
    return row


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def call(ticket: Ticket, schedule: OnCallSchedule, key: str) -> Page:
    """Made a quarter of an hour ago: the backup is due now."""
    now = timezone.now() - LATE
    return paging.page(ticket, cause=key, schedule=schedule, key=key, now=now)


def together(*steps: Callable[[], object]) -> None:
    """All at the same moment, each on a connection of its own."""
    start = Barrier(len(steps))

    def run(step: Callable[[], object]) -> None:
        try:
            start.wait(timeout=30)
            step()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(steps)) as pool:
        for job in [pool.submit(run, step) for step in steps]:
            job.result()


def sweep() -> None:
    timers.act_on_due(timezone.now())


def told(name: str) -> int:
    return Notification.objects.filter(user__name=name, kind="page").count()


def test_sweepers_side_by_side_call_the_backup_once(ticket, schedule) -> None:
    for number in range(5):
        call(ticket, schedule, f"cause {number}")
    together(*[lambda: [sweep() for _round in range(3)]] * 4)
    assert (told("Ann"), told("Bob")) == (5, 5)
    assert PageStep.objects.count() == 10


def test_same_page_made_by_many_is_one(ticket, schedule) -> None:
    together(*[lambda: call(ticket, schedule, "System down")] * 4)
    assert (Page.objects.count(), told("Ann")) == (1, 1)


def test_answer_and_time_out_in_the_same_second_agree(ticket, schedule, ann) -> None:
    for number in range(6):
        row = call(ticket, schedule, f"cause {number}")
        together(lambda: paging.acknowledge(row, user=ann, now=timezone.now()), sweep)  # noqa: B023 -- done before the next round
        row.refresh_from_db()
        assert row.acknowledged_by == ann
        # Whoever came first: an answered page has no level waiting for it any more.
        assert timers.act_on_due(timezone.now() + timedelta(hours=3)) == 0
        assert row.steps.count() == row.level


def test_worker_that_dies_while_it_calls_leaves_it_to_the_next(ticket, schedule) -> None:
    call(ticket, schedule, "System down")
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        paging.timers.schedule = lambda *_args, **_facts: os._exit(9)
        sweep()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 9
    assert told("Bob") == 0
    sweep()
    sweep()
    assert told("Bob") == 1
