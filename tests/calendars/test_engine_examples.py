"""The worked examples of sla.md 5, the calendars of the seeds, and what other desks got wrong."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from calendars.engine import ALWAYS, Calendar, NeverOpen
from tests.calendars.cases import (
    ALL_DAY,
    HOLIDAYS_2025,
    HOUR,
    LUNCH,
    NIGHTS,
    S4,
    WEEKDAYS,
    at,
    week,
)
from tests.pace import takes_at_most

BERLIN, BUCHAREST, LONDON = "Europe/Berlin", "Europe/Bucharest", "Europe/London"


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        pytest.param("2025-02-04 10:15", 4, "2025-02-04 14:15", id="1: within a day"),
        pytest.param("2025-02-05 14:00", 4, "2025-02-05 18:00", id="2: due at closing"),
        pytest.param("2025-07-03 16:00", 4, "2025-07-05 12:00", id="3: over a holiday"),
        pytest.param("2025-08-30 15:00", 2, "2025-09-02 10:00", id="4: Saturday, Sunday, holiday"),
    ],
)
def test_worked_examples_of_the_standard_calendar(start, hours, due):
    assert Calendar.from_spec(S4).add(at(start), hours * HOUR) == at(due)


def test_example_5_an_exception_replaces_the_hours_of_its_date():
    half_day = Calendar.from_spec({**S4, "exceptions": {"2025-07-03": [["09:00", "13:00"]]}})
    assert half_day.add(at("2025-07-03 12:00"), 6 * HOUR) == at("2025-07-05 15:00")


def test_example_6_five_business_days_count_saturday_and_skip_the_holiday():
    calendar = Calendar.from_spec(S4)
    start, due = at("2025-05-20 11:00"), at("2025-05-27 11:00")
    assert calendar.add_days(start, 5) == due
    assert calendar.between(start, due) == 42 * HOUR


def test_example_7_business_days_begin_at_the_next_opening():
    due = Calendar.from_spec(S4).add_days(at("2025-05-20 19:30"), 5)
    assert due == at("2025-05-28 09:00")


def test_example_8_a_day_in_which_the_clock_jumps_has_its_true_length():
    calendar = Calendar.from_spec(ALL_DAY)
    spring = calendar.add(at("2025-03-29 12:00", LONDON), 24 * HOUR)
    autumn = calendar.add(at("2025-10-25 12:00", LONDON), 24 * HOUR)
    assert (spring, autumn) == (at("2025-03-30 13:00", LONDON), at("2025-10-26 11:00", LONDON))


def test_example_9_an_overnight_shift_goes_on_past_midnight():
    due = Calendar.from_spec(NIGHTS).add(at("2025-06-06 23:00", BERLIN), 8 * HOUR)
    assert due == at("2025-06-09 23:00", BERLIN)


def test_example_10_a_holiday_cuts_the_evening_before_but_not_the_morning_after():
    calendar = Calendar.from_spec({**NIGHTS, "holidays": ["2025-06-05"]})
    start, end = at("2025-06-04 21:00", BERLIN), at("2025-06-06 07:00", BERLIN)
    assert calendar.between(start, end) == 8 * HOUR
    assert calendar.between(start, at("2025-06-05 23:59", BERLIN)) == 2 * HOUR


def test_example_11_a_lunch_break_is_two_rows():
    due = Calendar.from_spec(LUNCH).add(at("2025-02-04 11:45", BUCHAREST), 2 * HOUR)
    assert due == at("2025-02-04 14:45", BUCHAREST)


@pytest.mark.parametrize(
    ("spec", "start", "hours", "due"),
    [
        pytest.param(
            {"tz": "America/New_York", "weekly": week(["09:00", "18:00"])},
            "2025-11-26 17:00", 10, "2025-12-01 18:00", id="office hours",
        ),
        pytest.param(
            {"tz": "America/New_York", "weekly": {"sat": [["10:00", "18:00"]]}},
            "2025-02-04 10:00", 9, "2025-02-15 11:00", id="weekend coverage",
        ),
        pytest.param(
            {"tz": "America/New_York", "weekly": week(["09:00", "20:00"])},
            "2025-07-03 19:00", 2, "2025-07-07 10:00", id="North America",
        ),
        pytest.param(
            {"tz": "Europe/Paris", "weekly": week(["09:00", "18:00"])},
            "2025-03-28 17:00", 2, "2025-03-31 10:00", id="Europe, clocks forward",
        ),
        pytest.param(
            {"tz": "Australia/Sydney", "weekly": week(["09:00", "18:00"])},
            "2025-04-04 17:00", 10, "2025-04-07 18:00", id="Asia-Pacific, clocks back",
        ),
        pytest.param(
            {"tz": "UTC", "always": True}, "2025-07-03 23:30", 4, "2025-07-04 03:30", id="24x7"
        ),
    ],
)  # fmt: skip
def test_calendars_of_the_seeds(spec, start, hours, due):
    full = spec if spec.get("always") else {**spec, "holidays": HOLIDAYS_2025}
    assert Calendar.from_spec(full).add(at(start, spec["tz"]), hours * HOUR) == at(due, spec["tz"])


def test_a_day_of_24_hours_loses_no_minute():
    calendar = Calendar.from_spec({**ALL_DAY, "tz": "UTC"})
    start = at("2025-06-01 00:00", "UTC")
    assert calendar.between(start, start + timedelta(days=1)) == 24 * HOUR
    assert calendar.openings(start, start + timedelta(days=3)) == [
        (start, start + timedelta(days=3))
    ]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/New_York", "2025-03-09", 23),
        ("America/New_York", "2025-11-02", 25),
        ("Australia/Lord_Howe", "2025-10-05", 23.5),
        ("Australia/Lord_Howe", "2025-04-06", 24.5),
        ("Africa/Cairo", "2024-04-26", 23),
        ("America/Santiago", "2025-04-05", 25),
        ("Pacific/Apia", "2011-12-30", 0),
    ],
)
def test_a_full_day_has_its_true_length(zone, day, hours):
    calendar = Calendar.from_spec({"tz": zone, "exceptions": {day: [["00:00", "24:00"]]}})
    noon = datetime.fromisoformat(day).replace(hour=12, tzinfo=UTC)
    openings = calendar.openings(noon - timedelta(days=5), noon + timedelta(days=5))
    assert sum((b - a).total_seconds() for a, b in openings) == hours * HOUR


def test_an_opening_inside_the_spring_gap_has_no_length():
    calendar = Calendar.from_spec(
        {"tz": LONDON, "exceptions": {"2025-03-30": [["01:10", "01:50"]]}}
    )
    assert calendar.openings(at("2025-03-29 00:00"), at("2025-04-01 00:00")) == []
    assert calendar.between(at("2025-03-29 00:00"), at("2025-04-01 00:00")) == 0


def test_the_repeated_hour_belongs_to_what_ran_before_it():
    spec = {"tz": LONDON, "exceptions": {"2025-10-26": [["00:30", "02:00"], ["02:00", "03:00"]]}}
    calendar = Calendar.from_spec(spec)
    night = at("2025-10-26 00:00", LONDON)
    assert calendar.between(night, night + timedelta(hours=5)) == 3.5 * HOUR
    early = Calendar.from_spec({"tz": LONDON, "exceptions": {"2025-10-26": [["00:30", "01:30"]]}})
    assert early.is_open(datetime(2025, 10, 26, 0, 15, tzinfo=UTC))  # 01:15 the first time
    assert not early.is_open(datetime(2025, 10, 26, 1, 15, tzinfo=UTC))  # and the second


def test_a_closure_of_41_days_is_no_limit():
    calendar = Calendar.from_spec({**S4, "breaks": [["2025-03-03T00:00", "2025-04-13T00:00"]]})
    assert calendar.add(at("2025-02-28 17:00"), 3 * HOUR) == at("2025-03-01 12:00")
    assert calendar.add(at("2025-03-01 15:00"), 3 * HOUR) == at("2025-04-14 11:00")


def test_the_only_opening_may_be_29_february_two_years_ahead():
    spec = {"tz": "America/New_York", "exceptions": {"2028-02-29": [["09:00", "13:00"]]}}
    calendar = Calendar.from_spec(spec)
    now = at("2026-02-20 12:00")
    assert calendar.next_open(now) == at("2028-02-29 09:00")
    assert calendar.add(now, 4 * HOUR) == at("2028-02-29 13:00")
    with pytest.raises(NeverOpen):
        calendar.add(now, 4 * HOUR + 1)


def test_a_break_cuts_an_opening_and_may_span_several_days():
    breaks = [["2025-02-04T12:00", "2025-02-04T14:00"], ["2025-02-05T17:00", "2025-02-07T10:00"]]
    calendar = Calendar.from_spec({**S4, "breaks": breaks})
    assert calendar.add(at("2025-02-04 11:00"), 2 * HOUR) == at("2025-02-04 15:00")
    assert calendar.add(at("2025-02-05 16:00"), 2 * HOUR) == at("2025-02-07 11:00")


def test_a_break_wins_over_an_exception_and_an_exception_over_a_holiday():
    spec = {
        **S4,
        "exceptions": {"2025-07-04": [["10:00", "12:00"]]},
        "breaks": [["2025-07-04T11:00", "2025-07-04T11:30"]],
    }
    start = at("2025-07-03 18:00")
    assert Calendar.from_spec(spec).between(start, at("2025-07-05 00:00")) == 1.5 * HOUR


def test_the_tail_of_an_overnight_exception_yields_to_a_holiday():
    spec = {**S4, "exceptions": {"2025-07-03": [["22:00", "02:00"]]}}
    until = at("2025-07-04 23:00")
    assert Calendar.from_spec(spec).between(at("2025-07-03 00:00"), until) == 2 * HOUR
    free = {**spec, "holidays": []}
    assert Calendar.from_spec(free).between(at("2025-07-03 00:00"), until) == (4 + 9) * HOUR


@pytest.mark.parametrize(
    ("moment", "kind"),
    [
        ("2025-02-04 10:00", "open"),
        ("2025-02-04 08:59:59", "closed"),
        ("2025-02-04 18:00", "closed"),
        ("2025-02-08 11:00", "weekend"),
        ("2025-02-09 11:00", "weekend"),
        ("2025-07-04 11:00", "holiday"),
    ],
)
def test_kinds_of_days(moment, kind):
    assert Calendar.from_spec(S4).day_kind(at(moment)) == kind


def test_a_weekday_without_hours_is_weekend_and_24x7_has_weekends_too():
    short = Calendar.from_spec({"tz": "America/New_York", "weekly": {"mon": [["09:00", "10:00"]]}})
    assert short.day_kind(at("2025-02-04 10:00")) == "weekend"
    assert ALWAYS.day_kind(at("2025-02-04 10:00", "UTC")) == "open"
    assert ALWAYS.day_kind(at("2025-02-08 10:00", "UTC")) == "weekend"


def test_openings_are_clipped_and_neighbours_are_one():
    start, end = at("2025-02-04 17:00"), at("2025-02-05 10:00")
    assert Calendar.from_spec(S4).openings(start, end) == [
        (start, at("2025-02-04 18:00")),
        (at("2025-02-05 09:00"), end),
    ]
    assert Calendar.from_spec(S4).openings(end, start) == []
    assert Calendar.from_spec(S4).openings(at("2025-02-04 18:00"), at("2025-02-05 09:00")) == []


def test_fractions_of_a_second_are_cut_off():
    calendar = Calendar.from_spec(S4)
    start = at("2025-02-04 10:00:00.900000")
    assert calendar.add(start, 0) == at("2025-02-04 10:00")
    assert calendar.between(start, at("2025-02-04 10:00:01.100000")) == 1
    assert calendar.add(start, 60).tzinfo is UTC


def test_time_is_aware_and_runs_forwards():
    calendar = Calendar.from_spec(S4)
    with pytest.raises(TypeError):
        calendar.add(datetime(2025, 2, 4, 10), 60)  # noqa: DTZ001  # that it is naive is the point
    with pytest.raises(ValueError, match="forwards"):
        calendar.add(at("2025-02-04 10:00"), -1)
    with pytest.raises(ValueError, match="forwards"):
        calendar.add_days(at("2025-02-04 10:00"), -1)
    assert calendar.between(at("2025-02-05 10:00"), at("2025-02-04 10:00")) == 0


def test_no_business_days_from_now_is_the_next_opening():
    assert Calendar.from_spec(S4).add_days(at("2025-02-04 19:00"), 0) == at("2025-02-05 09:00")


def test_never_open_is_said_after_thirty_years_whatever_was_asked_before():
    spec = {"tz": "UTC", "exceptions": {"2060-01-01": [["00:00", "24:00"]]}}
    calendar, asked_before = Calendar.from_spec(spec), Calendar.from_spec(spec)
    asked_before.between(at("2025-01-01 00:00"), at("2061-01-01 00:00"))
    for each in (calendar, asked_before):
        for question in (
            each.next_open,
            lambda m, c=each: c.add(m, 1),
            lambda m, c=each: c.add_days(m, 1),
        ):
            with pytest.raises(NeverOpen):
                question(at("2025-01-01 00:00"))
        assert each.next_open(at("2035-01-01 00:00")) == at("2060-01-01 00:00", "UTC")


def test_too_many_business_days_are_refused():
    for calendar in (Calendar.from_spec(S4), ALWAYS):
        with pytest.raises(NeverOpen):
            calendar.add_days(at("2025-01-01 12:00"), 20_000)
        with pytest.raises(NeverOpen):
            calendar.add(at("2025-01-01 12:00"), 31 * 366 * 24 * HOUR)


def test_a_calendar_knows_its_years():
    calendar = Calendar.from_spec(S4)
    for year in (1899, 2231, 9999):
        with pytest.raises(ValueError, match="1900 to 2229"):
            calendar.is_open(datetime(year, 12, 31, tzinfo=UTC))
    assert calendar.is_open(at("1901-01-01 10:00"))
    assert calendar.is_open(at("2229-06-05 10:00"))
    assert calendar.between(at("1901-01-01 09:00"), at("1901-01-01 10:00")) == HOUR
    with pytest.raises(NeverOpen):
        calendar.add(at("2229-12-01 10:00"), 2000 * HOUR)


def test_earlier_and_later_moments_extend_what_is_known():
    calendar = Calendar.from_spec(S4)
    for year in (2025, 2031, 2019, 2040, 2000, 2025):
        monday = next(d for d in (date(year, 3, n) for n in range(2, 9)) if d.weekday() == 0)
        start = at(f"{monday} 17:00")
        assert calendar.add(start, 2 * HOUR) == at(f"{monday + timedelta(days=1)} 10:00")


def test_many_threads_may_ask_one_calendar():
    calendar = Calendar.from_spec(S4)
    starts = [at(f"{year}-02-04 23:00") for year in range(1990, 2060)] * 3
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda start: calendar.between(start, start + timedelta(7)), starts)
        )
    alone = [Calendar.from_spec(S4).between(s, s + timedelta(7)) for s in starts[:70]]
    assert answers == alone * 3


def test_the_zone_of_the_process_does_not_matter():
    question = (
        "from calendars.engine import Calendar; from datetime import *;"
        "from tests.calendars.cases import S4, at;"
        "print(Calendar.from_spec(S4).add(at('2025-03-07 17:30'), 36000),"
        "Calendar.from_spec(S4).add_days(at('2025-10-31 17:30'), 3))"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", question],
            env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=True,
        ).stdout
        for zone in ("UTC", "Asia/Kathmandu", "America/Los_Angeles")
    }  # fmt: skip
    assert len(answers) == 1


def test_twenty_years_compile_in_no_time():
    calendar = Calendar.from_spec({**S4, "weekly": {day: [["00:00", "24:00"]] for day in WEEKDAYS}})
    years = at("2015-01-01 00:00"), at("2035-01-01 00:00")
    # The goal is 5 ms a year: bench/sla_engine.py
    takes_at_most(20 * 0.05, lambda: calendar.between(*years), attempts=1)
