"""Timed rules and missed deadlines with many sweepers and workers that die: each effect once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier
from typing import Any

import pytest
from django.db import Error, connection

from automation import reactions, timed
from automation.models import EffectRun, Escalation, RuleRun, TimedFiring
from core import pokes
from notifications.models import NoticeDelivery, Notification
from sla import sweep as deadlines
from tests.automation.timed_stories import FLAG, HOUR, START, hours, make_rule, sweep
from tests.factories import make_reply, make_ticket
from tests.sla.conftest import at, office, promise
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
__all__ = ["office", "promise"]
TELL = {"effect": "notify", "to": ["manager"], "channels": ["mail"]}


@pytest.fixture
def managed(ada, max_) -> None:
    ada.manager = max_
    ada.save()


@pytest.fixture
def tickets(managed, ada, cleo, technical) -> list[Ticket]:
    rows = [make_ticket(cleo, technical, now=START) for _number in range(6)]
    Ticket.objects.update(assignee=ada, unassigned_since=None)
    return rows


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


def killed_after(real: Callable[..., Any]) -> Callable[..., Any]:
    """`real`, and then the worker's connection is gone, as when its process is killed."""

    def dying(*args: Any, **kwargs: Any) -> Any:
        real(*args, **kwargs)
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        raise SystemExit

    return dying


def dead_sweep(deed: Callable[[], object]) -> None:
    """A sweep whose process does not survive."""
    with suppress(SystemExit, Error):
        deed()
    connection.close()


def told() -> int:
    return Notification.objects.filter(kind="ticket.escalated").count()


def test_five_sweepers_act_once_on_each_ticket(tickets):
    make_rule("idle_after_customer_reply", hours(4), FLAG, TELL)
    together(*[lambda: sweep(5 * HOUR)] * 5)
    assert told() == len(tickets)
    assert Escalation.objects.count() == len(tickets)
    assert set(TimedFiring.objects.values_list("count", flat=True)) == {1}
    assert EffectRun.objects.count() == 2 * len(tickets)


def test_a_worker_killed_after_its_effects_leaves_nothing_and_the_next_does_it(
    tickets, monkeypatch
):
    make_rule("idle_after_customer_reply", hours(4), FLAG, TELL)
    with monkeypatch.context() as patch:
        patch.setattr(timed, "run_rules", killed_after(timed.run_rules))
        dead_sweep(lambda: sweep(5 * HOUR))
    assert (told(), RuleRun.objects.count(), TimedFiring.objects.count()) == (0, 0, 0)
    assert sweep(5 * HOUR) == len(tickets)
    assert sweep(6 * HOUR) == 0
    assert told() == len(tickets)


def test_answers_and_sweeps_at_once_never_escalate_what_was_answered(tickets, ada):
    make_rule("idle_after_customer_reply", hours(4), FLAG)
    moment = START + 5 * HOUR
    together(
        *[lambda: sweep(5 * HOUR)] * 3,
        *(lambda row=row: make_reply(row, ada, now=moment) for row in tickets[:3]),
    )
    sweep(6 * HOUR)
    for row in tickets[3:]:
        assert row.escalations.count() == 1
    for row in tickets[:3]:
        # Either the answer came first, or the escalation did: never both unknown to each other.
        assert row.escalations.count() <= 1
        assert row.firings.count() == row.escalations.count()


def test_without_a_broker_the_rows_stand_and_wait_for_the_sweep(tickets, monkeypatch):
    make_rule("idle_after_customer_reply", hours(4), TELL)
    monkeypatch.setattr(pokes, "send", lambda *_args, **_options: False)
    assert sweep(5 * HOUR) == len(tickets)
    mails = NoticeDelivery.objects.filter(channel="mail", state="pending")
    assert mails.count() == len(tickets)


def breach(now: Any) -> None:
    deadlines.claim(now)
    deadlines.act(now)


def test_a_missed_deadline_is_flagged_and_the_manager_told_once(
    promise, managed, ada, cleo, technical
):
    promise(first_response=4)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    Ticket.objects.update(assignee=ada, unassigned_since=None)
    make_rule("clock_breached", {"metric": "first_response"}, FLAG, TELL, name="Missed")
    late = at("2025-02-04 14:01")
    together(*[lambda: breach(late)] * 2)
    breach(late)
    ticket.refresh_from_db()
    assert ticket.escalation_level == 2
    row = Notification.objects.get(kind="ticket.escalated")
    assert (row.user.name, row.title) == ("Max", f"Missed: #{ticket.number} Espresso line down")
    assert Escalation.objects.get().level == 2


def test_a_sweeper_killed_while_it_escalates_is_replaced_by_the_next(
    promise, managed, ada, cleo, monkeypatch
):
    promise(first_response=4)
    make_ticket(cleo, now=at("2025-02-04 10:00"))
    Ticket.objects.update(assignee=ada, unassigned_since=None)
    make_rule("clock_breached", {"metric": "first_response"}, FLAG, TELL)
    late = at("2025-02-04 14:01")
    with monkeypatch.context() as patch:
        patch.setattr(reactions, "run_rules", killed_after(reactions.run_rules))
        dead_sweep(lambda: breach(late))
    assert told() == 0
    for minutes in range(0, 30, 5):
        breach(late + HOUR * minutes / 60)
    assert told() == 1
    assert Escalation.objects.count() == 1


def test_a_lost_connection_puts_no_ticket_off(tickets, monkeypatch):
    make_rule("idle_after_customer_reply", hours(4), TELL)
    with monkeypatch.context() as patch:
        patch.setattr(timed, "run_rules", lost)
        assert sweep(5 * HOUR) == 0
    assert sweep(5 * HOUR) == len(tickets)


def lost(*_args: Any, **_kwargs: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
