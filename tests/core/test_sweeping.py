"""Sweeps: each alone, none in the way of another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from core import pokes, sweeping, tasks
from core.models import SweepRun
from core.registries import sweeps

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def two_sweeps(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """One that fails and, behind it, one that works."""
    ran: list[str] = []

    def broken(now: datetime) -> int:
        ran.append("broken")
        raise ValueError("no luck")

    def sound(now: datetime) -> int:
        ran.append("sound")
        return 7

    monkeypatch.setattr(sweeps, "_entries", {"test.broken": broken, "test.sound": sound})
    # Closing the connection would end the transaction that the test runs in.
    monkeypatch.setattr(sweeping, "close_old_connections", lambda: None)
    return ran


def test_a_broken_sweep_does_not_stop_the_next() -> None:
    assert sweeping.run_all(now=NOON) == {"test.broken": 0, "test.sound": 7}


def test_one_sweep_can_be_run_alone(two_sweeps: list[str]) -> None:
    assert sweeping.run_all(now=NOON, only="test.sound") == {"test.sound": 7}
    assert two_sweeps == ["sound"]


def test_the_last_run_is_written_down() -> None:
    for key, _sweep in sweeps:
        sweeping.run_alone(key, now=NOON)
    broken, sound = SweepRun.objects.order_by("key")
    assert (sound.began_at, sound.done, sound.busy_until, sound.last_error) == (NOON, 7, None, "")
    assert broken.last_error == "ValueError: no luck"


def test_a_second_runner_keeps_away_while_the_first_is_at_it(two_sweeps: list[str]) -> None:
    SweepRun.objects.create(key="test.sound", busy_until=NOON + timedelta(seconds=20))
    assert sweeping.run_alone("test.sound", now=NOON) == 0
    assert two_sweeps == []
    assert sweeping.run_alone("test.sound", now=NOON + timedelta(seconds=21)) == 7


def test_a_clock_moved_back_does_not_lock_a_sweep_for_long() -> None:
    SweepRun.objects.create(key="test.sound", busy_until=NOON + timedelta(days=365))
    assert sweeping.run_alone("test.sound", now=NOON) == 7


def test_some_work_is_done_seldom() -> None:
    hourly = sweeping.seldom("test.hourly", every=timedelta(hours=1))(lambda now: 1)
    done = [hourly(NOON + timedelta(minutes=minute)) for minute in (0, 30, 59, 61, 70, 130)]
    assert done == [1, 0, 0, 1, 0, 1]


def test_the_beat_starts_each_sweep_as_its_own_task(monkeypatch, two_sweeps: list[str]) -> None:
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(pokes, "send", lambda *args, **_options: bool(sent.append(args) or True))
    tasks.sweep()
    assert sent == [("core.sweep_one", "test.broken"), ("core.sweep_one", "test.sound")]
    assert two_sweeps == []


def test_without_a_broker_the_beats_task_does_the_work_itself(monkeypatch, two_sweeps) -> None:
    monkeypatch.setattr(pokes, "send", lambda *args, **options: False)
    tasks.sweep()
    assert two_sweeps == ["broken", "sound"]


def test_the_command_runs_them_once_and_says_what_was_done() -> None:
    said = StringIO()
    call_command("sweep", "--once", stdout=said)
    assert said.getvalue() == "test.broken: 0\ntest.sound: 7\n"


def test_the_command_knows_what_it_does_not_know() -> None:
    with pytest.raises(CommandError, match=r"test\.sound"):
        call_command("sweep", "--only", "test.unknown")


def test_the_endless_sweep_outlives_a_database_that_is_away(monkeypatch) -> None:
    rounds: list[float] = []

    def nap(seconds: float) -> None:
        rounds.append(seconds)
        if len(rounds) == 3:
            raise KeyboardInterrupt

    def away(key: str, *, now: datetime) -> int:
        if rounds:
            raise OperationalError("connection refused")
        return 0

    monkeypatch.setattr("time.sleep", nap)
    monkeypatch.setattr(sweeping, "run_alone", away)
    said = StringIO()
    with pytest.raises(KeyboardInterrupt):
        call_command("sweep", "--forever", stdout=StringIO(), stderr=said)
    assert said.getvalue().count("connection refused") == 2
