"""The worked examples of sla.md 5 that concern clocks, and each rule of its sections 5 and 6."""

from datetime import timedelta

import pytest

from sla.ledger import BrokenLedger
from tests.calendars.cases import HOUR, at
from tests.sla.ledgers import (
    CLOSED_THURSDAY,
    OFFICE,
    ROUND_THE_CLOCK,
    entry,
    fires,
    retarget,
    start,
    told,
)

SECOND = timedelta(seconds=1)
MORNING = "2025-02-04 10:00"  # a Tuesday; 4 h are due at 14:00


def test_example_12_pauses_are_left_out():
    state = told(
        start(MORNING, 8),
        entry("pause", "2025-02-04 12:00"),
        entry("resume", "2025-02-04 15:00"),
        entry("pause", "2025-02-04 17:30"),
        entry("resume", "2025-02-05 10:00"),
    )
    assert (state.elapsed_s, state.due_at) == (4.5 * HOUR, at("2025-02-05 13:30"))


def test_example_13_raised_beyond_what_is_used_is_due_at_once():
    lines = [start(MORNING, 24), retarget("2025-02-05 11:00", 8)]
    state = told(*lines)
    assert (state.elapsed_s, state.due_at) == (10 * HOUR, at("2025-02-05 11:00"))
    assert not state.is_breached
    assert told(*lines, by="2025-02-05 11:00:01").breached_at == at("2025-02-05 11:00")


def test_example_14_raised_with_time_left():
    state = told(start(MORNING, 24), retarget("2025-02-05 11:00", 12))
    assert state.due_at == at("2025-02-05 13:00")


def test_example_15_business_time_used_goes_on_round_the_clock():
    state = told(
        start("2025-02-07 17:30", 4), retarget("2025-02-07 21:00", 4, calendar=ROUND_THE_CLOCK)
    )
    assert (state.elapsed_s, state.due_at) == (HOUR / 2, at("2025-02-08 00:30"))


def test_example_16_warning_is_computed_forward():
    state = told(start("2025-02-07 16:00", 4))
    assert fires(state) == ("75%", 0, at("2025-02-08 11:00"))
    assert (state.risk_at, state.due_at) == (at("2025-02-08 11:00"), at("2025-02-08 12:00"))


# -- states ------------------------------------------------------------------------------


def test_equality_is_met():
    state = told(start(MORNING, 4), entry("satisfy", "2025-02-04 14:00"), by="2025-02-05 12:00")
    assert (state.state, state.is_breached, state.elapsed_s) == ("satisfied", False, 4 * HOUR)
    assert fires(state) is None


def test_a_second_late_is_late():
    state = told(start(MORNING, 4), entry("satisfy", "2025-02-04 14:00:01"))
    assert (state.is_breached, state.breached_at) == (True, at("2025-02-04 14:00"))


def test_reply_in_the_evening_is_late_though_no_business_time_passed():
    state = told(start(MORNING, 8), entry("satisfy", "2025-02-04 20:00"))
    assert (state.elapsed_s, state.due_at) == (8 * HOUR, at("2025-02-04 18:00"))
    assert state.is_breached


def test_paused_clock_has_no_deadline_and_no_firing():
    state = told(start(MORNING, 4), entry("pause", "2025-02-04 11:00"), by="2025-03-04 11:00")
    assert (state.state, state.due_at, state.elapsed_s) == ("paused", None, HOUR)
    assert fires(state) is None


def test_pause_and_resume_are_idempotent():
    lines = [
        start(MORNING, 4),
        entry("pause", "2025-02-04 11:00", reason="Answered"),
        entry("pause", "2025-02-04 12:00", reason="On Hold"),
        entry("resume", "2025-02-04 13:00"),
        entry("resume", "2025-02-04 13:30"),
    ]
    state = told(*lines)
    assert (state.elapsed_s, state.due_at) == (1.5 * HOUR, at("2025-02-04 16:00"))


def test_pause_outside_hours_costs_nothing():
    state = told(
        start(MORNING, 10), entry("pause", "2025-02-04 18:00"), entry("resume", "2025-02-05 09:00")
    )
    assert state.due_at == told(start(MORNING, 10)).due_at == at("2025-02-05 11:00")


def test_satisfied_while_paused():
    state = told(
        start(MORNING, 4), entry("pause", "2025-02-04 11:00"), entry("satisfy", "2025-02-05 11:00")
    )
    assert (state.state, state.is_breached, state.elapsed_s) == ("satisfied", False, HOUR)


def test_paused_after_a_breach_stays_breached():
    lines = [start(MORNING, 4), entry("pause", "2025-02-04 15:00")]
    state = told(*lines, by="2025-02-06 15:00")
    assert (state.state, state.breached_at) == ("paused", at("2025-02-04 14:00"))
    assert state.due_at == at("2025-02-04 14:00")
    assert fires(state, ("75%", 0)) == ("breach", 0, at("2025-02-04 14:00:01"))


def test_resolved_span_does_not_count_after_reopening():
    lines = [
        start(MORNING, 4),
        entry("satisfy", "2025-02-04 12:00"),
        entry("reopen", "2025-02-05 10:00"),
    ]
    state = told(*lines)
    assert (state.elapsed_s, state.due_at) == (2 * HOUR, at("2025-02-05 12:00"))
    assert state.ended_at is None


def test_reopened_where_nothing_was_left_is_due_at_once():
    lines = [
        start(MORNING, 4),
        entry("satisfy", "2025-02-04 14:00"),
        entry("reopen", "2025-02-05 10:00"),
    ]
    assert (told(*lines).due_at, told(*lines).is_breached) == (at("2025-02-05 10:00"), False)
    assert told(*lines, by="2025-02-05 10:00:01").breached_at == at("2025-02-05 10:00")


def test_time_of_a_withdrawn_reply_counts():
    lines = [
        start(MORNING, 4),
        entry("satisfy", "2025-02-04 12:00"),
        entry("reopen", "2025-02-04 12:00:30", counts_from=at("2025-02-04 12:00").isoformat()),
    ]
    state = told(*lines)
    assert (state.elapsed_s, state.due_at) == (2 * HOUR + 30, at("2025-02-04 14:00"))
    assert sum(span.seconds for span in state.spans) == state.elapsed_s


def test_withdrawn_reply_to_a_paused_clock_leaves_it_paused():
    lines = [
        start(MORNING, 4),
        entry("pause", "2025-02-04 11:00", reason="Answered"),
        entry("satisfy", "2025-02-04 12:00"),
        entry("reopen", "2025-02-04 12:00:30", counts_from=at("2025-02-04 12:00").isoformat()),
    ]
    state = told(*lines, by="2025-02-04 15:00")
    assert (state.state, state.elapsed_s, state.reason) == ("paused", HOUR, "Answered")


def test_cancelled_clock_fires_nothing():
    state = told(
        start(MORNING, 4), entry("cancel", "2025-02-04 11:00", reason="spam"), by="2025-02-05 11:00"
    )
    assert (state.state, state.reason, state.is_breached) == ("cancelled", "spam", False)
    assert fires(state) is None


def test_cancelled_after_a_breach_was_late():
    state = told(start(MORNING, 4), entry("cancel", "2025-02-04 15:00", reason="spam"))
    assert state.is_breached


def test_ledger_begins_with_a_start():
    with pytest.raises(BrokenLedger, match="not with pause"):
        told(entry("pause", MORNING))


# -- new terms ---------------------------------------------------------------------------


def test_grace_after_a_tightening_beyond_what_is_used():
    lines = [start(MORNING, 24), retarget("2025-02-05 11:00", 8, grace_s=1800)]
    assert told(*lines).due_at == at("2025-02-05 11:30")
    assert not told(*lines, by="2025-02-05 11:30").is_breached
    assert told(*lines, by="2025-02-05 11:30:01").is_breached


def test_loosening_keeps_a_breach():
    state = told(start(MORNING, 4), retarget("2025-02-04 15:00", 8))
    assert state.due_at == at("2025-02-04 18:00")
    assert (state.is_breached, state.breached_at) == (True, at("2025-02-04 14:00"))


def test_a_breach_not_yet_fired_is_still_owed_after_loosening():
    state = told(start(MORNING, 4), retarget("2025-02-04 15:00", 8))
    assert fires(state, ("75%", 0)) == ("breach", 0, at("2025-02-04 14:00:01"))
    fired = [("75%", 0), ("breach", 0)]
    assert fires(state, *fired) == ("75%", 1, at("2025-02-04 16:00"))


def test_priority_change_forgets_no_pause():
    state = told(
        start(MORNING, 24),
        entry("pause", "2025-02-04 11:00"),
        entry("resume", "2025-02-04 15:00"),
        retarget("2025-02-04 16:00", 4),
    )
    assert (state.elapsed_s, state.due_at) == (2 * HOUR, at("2025-02-04 18:00"))


def test_retarget_while_paused_counts_after_the_resumption():
    lines = [
        start(MORNING, 8),
        entry("pause", "2025-02-04 11:00"),
        retarget("2025-02-04 12:00", 4),
    ]
    assert told(*lines).due_at is None
    state = told(*lines, entry("resume", "2025-02-04 14:00"))
    assert state.due_at == at("2025-02-04 17:00")


def test_calendar_edited_while_paused():
    lines = [
        start("2025-02-05 16:00", 4),
        entry("pause", "2025-02-05 17:00"),
        entry("recalendar", "2025-02-05 17:30", calendar=CLOSED_THURSDAY),
        entry("resume", "2025-02-06 10:00"),
    ]
    state = told(*lines)
    assert (state.elapsed_s, state.due_at) == (HOUR, at("2025-02-07 12:00"))


def test_calendar_edit_touches_the_future_only():
    lines = [
        start("2025-02-06 10:00", 10),
        entry("recalendar", "2025-02-06 12:00", calendar=CLOSED_THURSDAY),
    ]
    state = told(*lines, by="2025-02-06 18:00")
    assert (state.elapsed_s, state.due_at) == (2 * HOUR, at("2025-02-07 17:00"))
    assert [span.calendar for span in state.spans] == [OFFICE, CLOSED_THURSDAY]


def test_generation_rises_only_when_a_firing_moves_into_the_future():
    lines = [start(MORNING, 4), retarget("2025-02-04 12:00", 6)]
    assert told(*lines).generation == 0
    warned = told(start(MORNING, 4), retarget("2025-02-04 13:30", 8))
    assert fires(warned, ("75%", 0)) == ("75%", 1, at("2025-02-04 16:00"))
    tightened = told(start(MORNING, 4), retarget("2025-02-04 13:30", 3.75))
    assert tightened.generation == 0


def test_only_opening_is_far_away_or_never():
    """A promise that its calendar cannot hold has no deadline, but the ticket still exists."""
    state = told(start(MORNING, 200_000, thresholds=["75%", "-1h real"]))
    assert (state.due_at, state.schedule, state.state) == (None, (), "running")


# -- firings -----------------------------------------------------------------------------


def test_breach_fires_a_second_after_the_deadline():
    assert fires(told(start(MORNING, 4)), ("75%", 0)) == ("breach", 0, at("2025-02-04 14:00:01"))


def test_fraction_of_a_second_is_rounded_up():
    state = told(start(MORNING, 1 / 3600 * 7, thresholds=["50%"]))
    assert fires(state) == ("50%", 0, at("2025-02-04 10:00:04"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-30m", "2025-02-07 17:30"),
        ("-3h", "2025-02-07 16:00"),
        ("+1h", "2025-02-08 11:00"),
        ("-1h real", "2025-02-07 17:00"),
        ("+2h real", "2025-02-07 20:00"),
        ("150%", "2025-02-08 11:00"),
    ],
)
def test_offsets_in_business_and_in_real_time(text, expected):
    """2 h from Friday 16:00 are due at closing; Saturday opens at 10:00."""
    state = told(start("2025-02-07 16:00", 2, thresholds=[text]))
    assert next(row.at for row in state.schedule if row.threshold == text) == at(expected)


def test_warning_later_than_the_deadline_is_no_risk():
    assert told(start(MORNING, 4, thresholds=["150%"])).risk_at is None


def test_nothing_is_left_when_all_has_fired():
    state = told(start(MORNING, 4), by="2025-02-05 10:00")
    assert fires(state, ("75%", 0), ("breach", 0)) is None


# -- by hand -----------------------------------------------------------------------------


def test_void_excuses_and_silences():
    state = told(start(MORNING, 4), entry("void", "2025-02-04 16:00", why="Power cut"))
    assert (state.is_breached, state.breached_at) == (False, at("2025-02-04 14:00"))
    assert (state.voided_at, state.reason) == (at("2025-02-04 16:00"), "Power cut")
    assert fires(state) is None


def forgotten(when: str):
    """Thursday was a holiday, noted only now."""
    return entry(
        "correct",
        when,
        effective_at=at("2025-02-06 00:00").isoformat(),
        calendar=CLOSED_THURSDAY,
        replaces=[OFFICE, CLOSED_THURSDAY],
    )


def test_forgotten_holiday_voids_a_breach_and_both_stay_visible():
    lines = [start("2025-02-05 16:00", 4), entry("satisfy", "2025-02-07 10:30")]
    assert told(*lines).breached_at == at("2025-02-06 11:00")
    state = told(*lines, forgotten("2025-02-07 12:00"))
    assert (state.breached_at, state.due_at) == (None, at("2025-02-07 11:00"))
    assert state.elapsed_s == 3.5 * HOUR


def test_after_a_correction_thresholds_of_the_future_fire_anew():
    lines = [start("2025-02-05 16:00", 4), forgotten("2025-02-06 15:00")]
    state = told(*lines)
    fired = [("75%", 0), ("breach", 0)]
    assert fires(state, *fired) == ("75%", 1, at("2025-02-07 10:00"))
    assert fires(state, *fired, ("75%", 1)) == ("breach", 1, at("2025-02-07 11:00:01"))


def test_correction_keeps_the_pauses_after_it():
    lines = [
        start("2025-02-05 16:00", 4),
        entry("pause", "2025-02-07 10:00"),
        entry("resume", "2025-02-07 12:00"),
        forgotten("2025-02-07 12:30"),
    ]
    state = told(*lines)
    assert (state.elapsed_s, state.due_at) == (3.5 * HOUR, at("2025-02-07 13:00"))


def test_second_correction_forgets_nothing_of_the_first():
    lines = [start("2025-02-05 16:00", 20), forgotten("2025-02-07 12:00")]
    again = entry(
        "correct",
        "2025-02-10 12:00",
        effective_at=at("2025-02-10 00:00").isoformat(),
        calendar=CLOSED_THURSDAY,
        replaces=[OFFICE, CLOSED_THURSDAY],
    )
    assert told(*lines, again, by="2025-02-11 09:00").elapsed_s == (
        told(*lines, by="2025-02-11 09:00").elapsed_s
    )
