"""What a what-if counts: judged clocks, flips, minutes late; no database is needed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.simulation_report import KEPT, Flip, Outcome, SimulationReport, late_minutes

DUE = datetime(2025, 2, 4, 10, tzinfo=UTC)
LATER = DUE + timedelta(hours=5)


def outcome(**facts: Any) -> Outcome:
    """Satisfied in time, unless `facts` say otherwise."""
    plain = {
        "state": "satisfied", "due_at": DUE, "ended_at": DUE, "is_late": False,
        "is_excused": False, "target_s": 3600, "policy": 1, "source": "policy",
    }  # fmt: skip
    return Outcome(**{**plain, **facts})


def late(minutes: int = 60, **facts: Any) -> Outcome:
    return outcome(is_late=True, ended_at=DUE + timedelta(minutes=minutes), **facts)


def flip(now: Outcome | None, then: Outcome | None) -> Flip:
    return Flip(ticket=1, priority=2, metric="resolution", cycle=1, now=now, then=then)


def counted(*flips: Flip) -> SimulationReport:
    report = SimulationReport(tickets=len(flips))
    for row in flips:
        report.count(row, as_of=LATER)
    return report


def test_met_and_missed_are_counted_on_both_sides():
    stored = counted(flip(outcome(), late()), flip(late(), late()), flip(late(), outcome()))
    assert stored.to_json()["cells"] == [
        {"metric": "resolution", "priority": 2, "now": [1, 2], "then": [1, 2]}
    ]
    assert (stored.added, stored.removed, len(stored.flipped)) == (1, 1, 2)


@pytest.mark.parametrize("state", ["running", "paused", "cancelled"])
def test_what_is_neither_ended_nor_late_does_not_count(state):
    report = counted(flip(outcome(state=state, ended_at=None), None))
    assert report.to_json()["cells"] == []


def test_promise_that_only_one_side_makes_is_a_breach_there():
    assert counted(flip(None, late())).added == 1
    assert counted(flip(late(), None)).removed == 1


def test_excused_breach_counts_as_kept():
    report = counted(flip(late(is_excused=True), late(is_excused=True)))
    assert (report.added, report.removed) == (0, 0)
    assert report.to_json()["cells"][0]["now"] == [1, 0]


def test_open_breach_is_late_until_now():
    assert late(state="running").minutes_late(LATER) == 300
    assert late(minutes=61).minutes_late(LATER) == 61
    begun = outcome(is_late=True, ended_at=DUE + timedelta(seconds=1))
    assert begun.minutes_late(LATER) == 1


def test_list_of_flips_is_limited_and_the_count_is_not():
    report = counted(*[flip(outcome(), late())] * (KEPT + 5))
    assert (report.added, len(report.flipped)) == (KEPT + 5, KEPT)


@given(st.lists(st.integers(1, 10_000), min_size=1))
def test_percentiles_are_values_that_so_many_do_not_exceed(minutes):
    told = late_minutes({minute: minutes.count(minute) for minute in minutes})
    assert told["sum"] == sum(minutes)
    for percent in (50, 90):
        value = told[f"p{percent}"]
        assert value in minutes
        assert sum(minute <= value for minute in minutes) * 100 >= percent * len(minutes)
        assert sum(minute < value for minute in minutes) * 100 < percent * len(minutes)


def test_nothing_late_is_zero():
    assert late_minutes({}) == {"sum": 0, "p50": 0, "p90": 0}
