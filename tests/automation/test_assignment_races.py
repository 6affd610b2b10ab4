"""Many workers give out at once, and one dies in the middle: nothing doubled, nothing lost (5.3)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Department, Membership, User
from automation.assigning.giving import give_out, give_out_all, sweep
from automation.assigning.pool import seat_members
from automation.models import AgentSeat, Assignment, RoutingPlan, WaitingTicket
from tests.drills.conftest import FULL, QUICK, Size
from tests.factories import make_customer, make_department, make_ticket, make_user
from tickets.actions import assign_ticket
from tickets.actors import Actor
from tickets.models import Event, Ticket

pytestmark = [
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
    pytest.mark.parametrize("size", [QUICK, FULL]),
]
AGENTS, WORKERS = 10, 6

# Gives out and dies between the assignment and the commit.
DIES = """
import os, time
from automation.assigning import giving, logbook
from django.utils import timezone
def stop(self):
    print("holding", flush=True)
    time.sleep(60)
logbook.Logbook.save = stop
giving.give_out({department}, timezone.now())
"""


def staffed(agents: int, *, cap: int) -> Department:
    department = make_department("Technical")
    for number in range(agents):
        make_user(f"Agent{number}", "agent", department)
    seat_members(department.pk)
    RoutingPlan.objects.update(is_enabled=True)
    AgentSeat.objects.update(hard_cap=cap, push_below=cap)
    return department


def sharing_departments(cap: int) -> tuple[Department, Department]:
    """Two departments with the same people."""
    first, second = staffed(AGENTS, cap=cap), make_department("Billing")
    Membership.objects.bulk_create(
        Membership(department=second, user=user) for user in User.objects.staff()
    )
    seat_members(second.pk)
    RoutingPlan.objects.update(is_enabled=True)
    AgentSeat.objects.update(hard_cap=cap, push_below=cap)
    return first, second


def opened(department: Department, count: int) -> None:
    customer = make_customer(f"Customer{department.pk}")
    for _number in range(count):
        make_ticket(customer, department)


def together(*deeds: Callable[[], int]) -> list[int]:
    def run(deed: Callable[[], int]) -> int:
        try:
            return deed()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def spread_at_every_step(agents: list[int]) -> int:
    """The widest difference there ever was, by the log."""
    got, widest = Counter(dict.fromkeys(agents, 0)), 0
    given = Assignment.objects.given().order_by("pk").values_list("chosen_id", flat=True)
    for chosen in given:
        got[chosen] += 1
        widest = max(widest, max(got.values()) - min(got.values()))
    return widest


def test_six_workers_give_out_fairly(size: Size) -> None:
    count = size.of(3_000, 60)
    department = staffed(AGENTS, cap=count)
    opened(department, count)
    now = timezone.now()

    def work() -> int:
        done = 0
        while WaitingTicket.objects.exists():
            given = give_out_all(department.pk, now)
            done += given
            if not given:
                time.sleep(0.01)
        return done

    done = together(*[work] * (WORKERS - 1), lambda: sweep(now))
    assert sum(done) == count
    changes = Event.objects.filter(kind=Event.Kind.CHANGED, data__changes__has_key="assignee")
    assert changes.count() == count
    assert Assignment.objects.given().count() == count
    agents = list(Membership.objects.values_list("user_id", flat=True))
    assert spread_at_every_step(agents) <= 1
    assert not WaitingTicket.objects.exists()


def test_nobody_gets_more_than_the_cap_however_many_hands(size: Size) -> None:
    """Two departments share all agents, and colleagues assign by hand meanwhile."""
    count, cap = size.of(400, 40), 4
    first, second = sharing_departments(cap)
    agents = list(User.objects.staff())
    for department in (first, second):
        opened(department, count // 2)
    by_hand = [Ticket.objects.order_by("-pk")[n] for n in range(5)]

    def assign() -> int:
        for ticket in by_hand:
            actor = Actor.system("test")
            assign_ticket(ticket, assignee=agents[0], actor=actor, now=timezone.now())
        return 0

    now = timezone.now()
    together(
        assign,
        lambda: sweep(now),
        *[lambda pk=pk: give_out_all(pk, now) for pk in (first.pk, second.pk) * 2],
    )
    loads = Counter(Ticket.objects.exclude(assignee=None).values_list("assignee_id", flat=True))
    own = loads.pop(agents[0].pk)
    assert max(loads.values()) == cap
    assert own <= cap + len(by_hand)


def test_worker_killed_in_the_middle_loses_nothing(size: Size) -> None:
    count = size.of(200, 20)
    department = staffed(3, cap=count)
    opened(department, count)
    worker = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "-c", DIES.format(department=department.pk)],
        env={**os.environ, "DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert worker.stdout is not None
        said = iter(worker.stdout.readline, "")
        assert any("holding" in line for line in said)
        assert not Ticket.objects.exclude(assignee=None).exists()
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    until = time.monotonic() + 20
    given = 0
    while given < count and time.monotonic() < until:
        given += give_out(department.pk, timezone.now())
    assert given == count
    assert Assignment.objects.given().count() == count
    assert spread_at_every_step(list(Membership.objects.values_list("user_id", flat=True))) <= 1


def database_url() -> str:
    """The database of this test, for a process of its own."""
    facts = connection.settings_dict
    login = f"{facts['USER']}:{facts['PASSWORD']}".rstrip(":")
    place = facts["HOST"] + (f":{facts['PORT']}" if facts["PORT"] else "")
    return f"postgres://{login}@{'/' if place.startswith('/') else ''}{place}/{facts['NAME']}"
