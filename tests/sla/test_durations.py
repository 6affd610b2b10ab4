"""Lengths of working time in words."""

from __future__ import annotations

import pytest

from sla.durations import exact_text, metric_name, short_target, spent_text, working_hours

HOURS = 3600


@pytest.mark.parametrize(
    ("seconds", "words", "exact"),
    [
        (0, "0 m", "0 m"),
        (59, "0 m", "59 s"),
        (45 * 60, "45 m", "45 m"),
        (4787, "1 h 19 m", "1 h 19 m 47 s"),
        (30 * HOURS, "30 h", "30 h"),
        (30 * HOURS + 5, "30 h", "30 h 05 s"),
    ],
)
def test_working_time_is_told_in_hours(seconds, words, exact):
    assert (spent_text(seconds), exact_text(seconds)) == (words, exact)


@pytest.mark.parametrize(
    ("seconds", "is_always", "words"),
    [
        (60, False, "1 working hour"),
        (8641, False, "3 working hours"),
        (8641, True, "3 hours"),
    ],
)
def test_usual_time_is_rounded_up(seconds, is_always, words):
    assert working_hours(seconds, is_always=is_always) == words


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [(4, "hours", "4 h"), (30, "minutes", "30 m"), (1, "business_days", "1 business day")],
)
def test_targets_keep_the_unit_they_were_promised_in(amount, unit, words):
    assert short_target(amount, unit) == words


def test_clock_of_a_rule_keeps_its_name():
    assert metric_name("first_response") == "First response"
    assert metric_name("internal:Workshop") == "internal:Workshop"
