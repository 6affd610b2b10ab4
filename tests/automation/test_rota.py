"""Who is on call when: hand-overs at local wall time, overrides, gaps, weeks with 167 hours."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from automation.on_call.rota import Override, Plan, Rotation, coverage, gaps, next_handover, who

ANN, BOB, CAT = 1, 2, 3
PRIMARY, BACKUP = 10, 11
NEW_YORK = ZoneInfo("America/New_York")
ALWAYS = datetime(2020, 1, 1, tzinfo=UTC)


def rotation(**changes: object) -> Rotation:
    """Ann, Bob and Cat by the week from Monday 3 March 2025, nine o'clock in New York."""
    facts = {
        "zone": NEW_YORK,
        "weekday": 0,
        "at": time(9),
        "starts_on": date(2025, 3, 3),
        "roles": {PRIMARY: (ANN, BOB, CAT), BACKUP: ()},
        "valid_from": ALWAYS,
    }
    return Rotation(**{**facts, **changes})  # type: ignore[arg-type] # values of each field


PLAN = Plan(rotations=[rotation()])


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def test_turns_go_round_by_the_week() -> None:
    found = [who(PLAN, PRIMARY, local("2025-03-03 09:00") + timedelta(weeks=n)) for n in range(4)]
    assert found == [ANN, BOB, CAT, ANN]


def test_handover_stays_at_nine_when_the_clocks_change() -> None:
    # On 9 March New York went to summer time: Ann's week had 167 hours.
    assert who(PLAN, PRIMARY, local("2025-03-10 08:59")) == ANN
    assert who(PLAN, PRIMARY, local("2025-03-10 09:00")) == BOB
    turn = coverage(PLAN, PRIMARY, local("2025-03-03 09:00"), local("2025-03-10 09:00"))
    assert [one.ends_at - one.starts_at for one in turn] == [timedelta(hours=167)]
    # On 2 November back again: 169 hours.
    week = coverage(PLAN, PRIMARY, local("2025-10-27 09:00"), local("2025-11-03 09:00"))
    assert [one.ends_at - one.starts_at for one in week] == [timedelta(hours=169)]


def test_handover_that_the_clocks_skip_lies_after_the_gap() -> None:
    plan = Plan(rotations=[rotation(weekday=6, at=time(2, 30), starts_on=date(2025, 3, 2))])
    assert who(plan, PRIMARY, local("2025-03-09 01:59")) == ANN
    assert who(plan, PRIMARY, local("2025-03-09 03:30")) == BOB


def test_start_in_the_middle_of_a_week_begins_at_once() -> None:
    plan = Plan(rotations=[rotation(starts_on=date(2025, 3, 6))])
    assert who(plan, PRIMARY, local("2025-03-06 12:00")) == ANN
    assert who(plan, PRIMARY, local("2025-03-03 08:59")) is None


def test_next_handover_is_the_coming_monday() -> None:
    assert next_handover(PLAN, local("2025-03-05 12:00")) == local("2025-03-10 09:00")
    assert next_handover(PLAN, local("2025-03-10 09:00")) == local("2025-03-17 09:00")
    assert next_handover(PLAN, local("2025-01-01 09:00")) == local("2025-03-03 09:00")
    assert next_handover(Plan(rotations=[]), local("2025-01-01 09:00")) is None


def test_override_cuts_the_turn_it_lies_in() -> None:
    stand_in = Override(role=PRIMARY, person=CAT, starts_at=local("2025-03-05 18:00"),
                        ends_at=local("2025-03-06 08:00"))  # fmt: skip
    plan = Plan(rotations=[rotation()], overrides=[stand_in])
    turns = coverage(plan, PRIMARY, local("2025-03-03 09:00"), local("2025-03-10 09:00"))
    assert [(one.person, one.is_override) for one in turns] == [
        (ANN, False), (CAT, True), (ANN, False)]  # fmt: skip
    assert turns[1].starts_at == stand_in.starts_at
    assert turns[1].ends_at == stand_in.ends_at
    assert who(plan, BACKUP, stand_in.starts_at) is None


def test_role_without_people_is_one_long_gap() -> None:
    found = gaps(PLAN, BACKUP, local("2025-03-03 09:00"), local("2025-04-03 09:00"))
    assert [(one.starts_at, one.ends_at) for one in found] == [
        (local("2025-03-03 09:00"), local("2025-04-03 09:00"))]  # fmt: skip


def test_new_rules_leave_the_past_alone() -> None:
    changed = rotation(roles={PRIMARY: (CAT,)}, valid_from=local("2025-03-05 12:00"))
    plan = Plan(rotations=[rotation(), changed])
    assert who(plan, PRIMARY, local("2025-03-05 11:59")) == ANN
    assert who(plan, PRIMARY, local("2025-03-05 12:00")) == CAT


moments = st.integers(0, 24 * 60 * 600).map(
    lambda minutes: datetime(2025, 3, 3, 15, tzinfo=UTC) + timedelta(minutes=minutes)
)
spans = st.tuples(moments, st.integers(1, 24 * 40)).map(
    lambda pair: (pair[0], pair[0] + timedelta(hours=pair[1]))
)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any weekday, time and zone; up to four overrides one after the other."""
    base = rotation(
        zone=ZoneInfo(draw(st.sampled_from(["UTC", "Europe/Berlin", "America/New_York",
                                            "Australia/Lord_Howe", "Pacific/Apia"]))),
        weekday=draw(st.integers(0, 6)),
        at=draw(st.times(max_value=time(23, 59))).replace(microsecond=0),
        roles={PRIMARY: tuple(draw(st.lists(st.integers(1, 5), max_size=4)))},
    )  # fmt: skip
    edges = sorted(draw(st.sets(moments, max_size=8)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    people = st.integers(1, 9)
    overrides = [Override(role=PRIMARY, person=draw(people), starts_at=a, ends_at=b)
                 for a, b in pairs]  # fmt: skip
    return Plan(rotations=[base], overrides=overrides)


@given(plans(), spans)
def test_coverage_fills_the_span_and_agrees_with_who(plan: Plan, span: tuple) -> None:
    turns = coverage(plan, PRIMARY, *span)
    assert (turns[0].starts_at, turns[-1].ends_at) == span
    assert all(a.ends_at == b.starts_at for a, b in pairwise(turns))
    for turn in turns:
        assert turn.starts_at < turn.ends_at
        middle = turn.starts_at + (turn.ends_at - turn.starts_at) / 2
        last = turn.ends_at - timedelta(microseconds=1)
        assert {who(plan, PRIMARY, at) for at in (turn.starts_at, middle, last)} == {turn.person}


@given(plans(), moments)
def test_next_handover_is_at_most_a_week_and_an_hour_away(plan: Plan, at: datetime) -> None:
    found = next_handover(plan, at)
    assert found is not None
    assert timedelta(0) < found - at <= timedelta(days=7, hours=1)
    rules = plan.rotations[0]
    here = found.astimezone(rules.zone)
    if here.replace(tzinfo=None) == datetime.combine(here.date(), rules.at):
        assert here.weekday() == rules.weekday
