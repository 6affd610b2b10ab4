"""Business time counted backwards: which beginnings are old enough."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given

from calendars.engine import ALWAYS, Calendar, NeverOpen
from tests.calendars.test_engine_laws import budgets, seeds, shifts, some, unhurried

WEEK = {key: [["09:00", "17:00"]] for key in ("mon", "tue", "wed", "thu", "fri")}
SHOP = Calendar.from_spec({"tz": "UTC", "weekly": WEEK})
FRIDAY = datetime(2026, 11, 20, 16, tzinfo=UTC)
MONDAY = FRIDAY + timedelta(days=3)


@unhurried
@given(seeds, shifts, budgets)
def test_between_undoes_subtract(seed, shift, seconds):
    calendar, end = some(seed, shift)
    assert calendar.between(calendar.subtract(end, seconds), end) == seconds


@unhurried
@given(seeds, shifts, budgets)
def test_subtract_is_the_latest_such_moment(seed, shift, seconds):
    assume(seconds)
    calendar, end = some(seed, shift)
    start = calendar.subtract(end, seconds)
    assert calendar.between(start + timedelta(seconds=1), end) == seconds - 1


@unhurried
@given(seeds, shifts, budgets, shifts)
def test_what_is_due_began_before_the_cut(seed, shift, seconds, other):
    assume(seconds)
    calendar, now = some(seed, shift)
    start = some(seed, other)[1]
    is_due = calendar.add(start, seconds) <= now
    assert is_due == (start <= calendar.subtract(now, seconds))


@unhurried
@given(seeds, shifts, budgets, budgets)
def test_subtract_is_monotone_in_both(seed, shift, seconds, more):
    calendar, end = some(seed, shift)
    start = calendar.subtract(end, seconds)
    assert calendar.subtract(end, seconds + more) <= start
    assert calendar.subtract(end + timedelta(seconds=more), seconds) >= start


@unhurried
@given(seeds, shifts, budgets)
def test_each_day_backwards_is_earlier(seed, shift, days):
    calendar, end = some(seed, shift)
    days %= 30
    start = calendar.subtract_days(end, days)
    assert calendar.subtract_days(end, days + 1) < start < end


@unhurried
@given(seeds, shifts, shifts)
def test_days_backwards_are_monotone(seed, shift, other):
    calendar, end = some(seed, min(shift, other))
    later = some(seed, max(shift, other))[1]
    assert calendar.subtract_days(end, 3) <= calendar.subtract_days(later, 3)


def test_eight_hours_before_monday_noon_began_on_friday():
    assert SHOP.subtract(MONDAY.replace(hour=12), 8 * 3600) == FRIDAY.replace(hour=12)


def test_at_opening_rather_than_the_eve_before():
    assert SHOP.subtract(MONDAY.replace(hour=12), 3 * 3600) == MONDAY.replace(hour=9)


def test_one_working_day_before_monday_is_friday():
    assert SHOP.subtract_days(MONDAY, 1) == FRIDAY - timedelta(seconds=1)


def test_two_working_days_before_a_sunday_is_wednesday_evening():
    sunday = FRIDAY + timedelta(days=2)
    assert SHOP.subtract_days(sunday, 2) == datetime(2026, 11, 18, 16, 59, 59, tzinfo=UTC)


def test_always_is_plain_arithmetic_backwards():
    assert ALWAYS.subtract(MONDAY, 3600) == MONDAY - timedelta(hours=1)


def test_a_shop_that_opened_once_has_no_two_days():
    once = {"2026-11-20": [["09:00", "17:00"]]}
    shop = Calendar.from_spec({"tz": "UTC", "exceptions": once})
    with pytest.raises(NeverOpen):
        shop.subtract(MONDAY, 2 * 86400)


def test_nothing_is_counted_forwards():
    with pytest.raises(ValueError, match="backwards"):
        SHOP.subtract(MONDAY, -1)
    with pytest.raises(ValueError, match="backwards"):
        SHOP.subtract_days(MONDAY, -1)
