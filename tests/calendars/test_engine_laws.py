"""Laws that business time obeys whatever the calendar (sla.md 2.4)."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from calendars.engine import ALWAYS, Calendar, NeverOpen, canonical, digest
from tests.calendars.random_calendars import random_spec

HORIZON = 30 * 365 * 86400
# The first question compiles years: how long one example takes says nothing.
unhurried = settings(deadline=None)
seeds = st.integers(0, 400)
budgets = st.integers(0, 20 * 86400)
shifts = st.integers(-20 * 86400, 20 * 86400)


@lru_cache(maxsize=500)
def diced(seed: int) -> tuple[dict, Calendar, datetime]:
    """A random calendar that opens every week, and a moment near a change of the clock."""
    spec, first, last = random_spec(Random(seed), seconds=seed % 4 == 0)
    spec["weekly"]["wed"] = [*spec["weekly"].get("wed", []), ["10:00", "11:00"]]
    return spec, Calendar.from_spec(spec), first + (last - first) / 2


def some(seed: int, shift: int) -> tuple[Calendar, datetime]:
    _spec, calendar, centre = diced(seed)
    return calendar, centre + timedelta(seconds=shift)


@unhurried
@given(seeds, shifts, budgets)
def test_between_undoes_add(seed, shift, seconds):
    calendar, start = some(seed, shift)
    assert calendar.between(start, calendar.add(start, seconds)) == seconds


@unhurried
@given(seeds, shifts, budgets)
def test_add_is_the_earliest_such_moment(seed, shift, seconds):
    assume(seconds)
    calendar, start = some(seed, shift)
    due = calendar.add(start, seconds)
    assert calendar.between(start, due - timedelta(seconds=1)) == seconds - 1


@unhurried
@given(seeds, shifts, budgets, budgets)
def test_adding_twice_is_adding_the_sum(seed, shift, one, other):
    calendar, start = some(seed, shift)
    assert calendar.add(calendar.add(start, one), other) == calendar.add(start, one + other)


@unhurried
@given(seeds, st.lists(shifts, min_size=3, max_size=3))
def test_between_is_additive_and_never_negative(seed, parts):
    a, b, c = (some(seed, shift)[1] for shift in sorted(parts))
    calendar = diced(seed)[1]
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c) >= 0
    assert calendar.between(c, a) == 0


@unhurried
@given(seeds, shifts, budgets, st.integers(0, 5 * 86400), st.integers(0, 5 * 86400))
def test_add_is_monotone_in_both(seed, shift, seconds, later, more):
    calendar, start = some(seed, shift)
    due = calendar.add(start, seconds)
    assert calendar.add(start, seconds + more) >= due
    assert calendar.add(start + timedelta(seconds=later), seconds) >= due


@unhurried
@given(st.integers(-HORIZON, 5 * HORIZON), st.integers(0, HORIZON))
def test_always_is_plain_arithmetic(instant, seconds):
    start = datetime.fromtimestamp(instant, UTC)
    due = start + timedelta(seconds=seconds)
    assert ALWAYS.add(start, seconds) == due
    assert ALWAYS.between(start, due) == seconds
    assert ALWAYS.next_open(start) == start
    assert ALWAYS.is_open(start)
    assert ALWAYS.add_days(start, 3) == start + timedelta(days=3)
    assert ALWAYS.openings(start, due) == ([(start, due)] if seconds else [])


@unhurried
@given(seeds, shifts, budgets, st.integers(-6, 6))
def test_a_holiday_never_makes_due_earlier(seed, shift, seconds, day):
    spec, calendar, centre = diced(seed)
    start = centre + timedelta(seconds=shift)
    date = f"{centre + timedelta(days=day):%Y-%m-%d}"
    closed = Calendar.from_spec({**spec, "holidays": [*spec["holidays"], date]})
    assert closed.add(start, seconds) >= calendar.add(start, seconds)


@unhurried
@given(seeds, shifts, budgets, st.sampled_from(["mon", "sat", "sun"]))
def test_an_opening_never_makes_due_later(seed, shift, seconds, day):
    spec, calendar, centre = diced(seed)
    start = centre + timedelta(seconds=shift)
    rows = [*spec["weekly"].get(day, []), ["21:30", "03:00"]]
    longer = Calendar.from_spec({**spec, "weekly": {**spec["weekly"], day: rows}})
    assert longer.add(start, seconds) <= calendar.add(start, seconds)


@unhurried
@given(seeds, shifts, st.integers(0, 12 * 86400))
def test_openings_add_up_and_touch_nowhere(seed, shift, length):
    calendar, start = some(seed, shift)
    end = start + timedelta(seconds=length)
    openings = calendar.openings(start, end)
    total = sum((closes - opens for opens, closes in openings), timedelta())
    assert total == timedelta(seconds=calendar.between(start, end))
    assert all(opens < closes for opens, closes in openings)
    assert all(one[1] < other[0] for one, other in pairwise(openings))


@unhurried
@given(seeds, shifts)
def test_the_next_opening_is_open_and_nothing_is_before_it(seed, shift):
    calendar, start = some(seed, shift)
    opens = calendar.next_open(start)
    assert calendar.is_open(opens)
    assert calendar.between(start, opens) == 0
    assert (opens == start) == calendar.is_open(start)


@unhurried
@given(seeds, shifts, st.integers(0, 10))
def test_business_days_end_in_an_opening_and_never_shrink(seed, shift, days):
    calendar, start = some(seed, shift)
    due = calendar.add_days(start, days)
    assert calendar.is_open(due)
    # Equal when a date closes before the wall time: both then snap to the opening after it.
    assert calendar.add_days(start, days + 1) >= due


@unhurried
@given(seeds)
def test_the_normal_form_is_stable_and_means_the_same(seed):
    spec, calendar, centre = diced(seed)
    normal = canonical(spec)
    assert canonical(normal) == normal
    assert digest(normal) == digest(spec)
    assert calendar.spec == normal
    span = centre - timedelta(days=15), centre + timedelta(days=15)
    assert Calendar.from_spec(normal).openings(*span) == calendar.openings(*span)


@unhurried
@given(seeds, st.randoms(use_true_random=False))
def test_the_order_of_rows_means_nothing(seed, dice):
    spec = diced(seed)[0]
    shuffled = {
        **spec,
        "weekly": {day: dice.sample(rows, len(rows)) for day, rows in spec["weekly"].items()},
        "holidays": dice.sample(spec["holidays"], len(spec["holidays"])) + spec["holidays"],
        "breaks": spec["breaks"][::-1],
    }
    assert digest(shuffled) == digest(spec)


@unhurried
@given(seeds, shifts, st.integers(0, 2**40))
def test_whatever_is_asked_is_answered_or_never_open(seed, shift, seconds):
    calendar, start = some(seed, shift)
    try:
        assert calendar.add(start, seconds) >= start
    except NeverOpen:
        assert seconds > 20 * 86400
