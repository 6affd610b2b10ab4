"""Things that wait for a time: once, again after a failure, never after being called off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from core import system, timers
from core.models import TimedAction
from core.timers import TimerKind, act_on_due, cancel, schedule, timer_kinds

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def acted() -> Iterator[list[str]]:
    """Three kinds: one that acts, one that fails, one that comes again in an hour."""
    keys: list[str] = []

    def fail(action: TimedAction, _now: object) -> None:
        keys.append(action.key)
        raise ValueError("no luck")

    def again(action: TimedAction, now: object) -> None:
        keys.append(action.key)
        schedule("test.again", action.key, due_at=now + HOUR)

    kinds = {
        "test.act": TimerKind("act", lambda action, _now: keys.append(action.key)),
        "test.fail": TimerKind("fail", fail),
        "test.again": TimerKind("again", again),
    }
    for key, kind in kinds.items():
        timer_kinds.register(key, kind)
    yield keys
    for key in kinds:
        timer_kinds._entries.pop(key)


def test_acts_once_when_the_time_has_come(acted: list[str]) -> None:
    schedule("test.act", "a", due_at=NOW, payload={"x": 1})
    assert act_on_due(NOW - timedelta(seconds=1)) == 0
    assert act_on_due(NOW) == 1
    assert act_on_due(NOW + HOUR) == 0
    assert acted == ["a"]
    assert TimedAction.objects.get().state == "done"


def test_only_a_registered_kind_can_be_scheduled() -> None:
    with pytest.raises(KeyError):
        schedule("test.unknown", "a", due_at=NOW)


def test_a_later_word_replaces_the_time_and_arms_again(acted: list[str]) -> None:
    schedule("test.act", "a", due_at=NOW)
    schedule("test.act", "a", due_at=NOW + HOUR)
    assert act_on_due(NOW) == 0
    assert act_on_due(NOW + HOUR) == 1
    schedule("test.act", "a", due_at=NOW + 2 * HOUR)
    assert act_on_due(NOW + 2 * HOUR) == 1
    assert TimedAction.objects.count() == 1


def test_what_was_called_off_never_comes(acted: list[str]) -> None:
    schedule("test.act", "a", due_at=NOW)
    assert cancel("test.act", "a")
    assert not cancel("test.act", "a")
    assert act_on_due(NOW + HOUR) == 0
    assert acted == []


def test_an_act_may_come_again_by_itself(acted: list[str]) -> None:
    schedule("test.again", "a", due_at=NOW)
    for hour in range(3):
        assert act_on_due(NOW + hour * HOUR) == 1
    assert (acted, TimedAction.objects.get().due_at) == (["a"] * 3, NOW + 3 * HOUR)


def test_a_failing_one_is_tried_five_times_and_shown(acted: list[str]) -> None:
    schedule("test.fail", "a", due_at=NOW)
    schedule("test.act", "b", due_at=NOW)
    waits = (0, 1, 6, 21, 81, 200)
    for minutes in waits:
        act_on_due(NOW + timedelta(minutes=minutes))
    row = TimedAction.objects.get(kind="test.fail")
    assert (row.state, row.attempts, row.last_error) == ("failed", 5, "ValueError: no luck")
    assert acted.count("a") == 5
    assert acted.count("b") == 1
    assert not system.timers_line().is_well


def test_health_says_how_long_the_oldest_waits() -> None:
    assert system.timers_line().is_well
    schedule("test.act", "a", due_at=timezone.now() - HOUR)
    assert not system.timers_line().is_well


def test_ended_rows_are_forgotten_but_not_failed_ones(acted: list[str]) -> None:
    schedule("test.act", "a", due_at=NOW)
    act_on_due(NOW)
    TimedAction.objects.create(kind="test.act", key="f", state="failed", due_at=NOW, ended_at=NOW)
    assert timers.forget_old(NOW + timers.KEPT_FOR) == 0
    assert timers.forget_old(NOW + timers.KEPT_FOR + HOUR) == 1
    assert TimedAction.objects.get().key == "f"
