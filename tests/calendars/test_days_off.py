"""Lists of holidays: by country and region, and out of calendar files."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest

from calendars.days_off import (
    MAX_BYTES,
    UnreadableFile,
    countries,
    public_holidays,
    read_file,
    regions,
)
from tests.pace import takes_at_most

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FRAME = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n{}END:VCALENDAR\r\n"


def event(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VEVENT", "UID:1@example", *lines, "END:VEVENT", ""])


def days(*events: str) -> list[str]:
    return [row.day for row in read_file(FRAME.format("".join(events)).encode(), now=NOW)]


def test_countries_and_regions_have_names():
    assert ("DE", "Germany") in countries()
    assert ("BY", "Bavaria") in regions("DE") or ("BY", "Bayern") in regions("DE")
    assert regions("XX") == []


def test_a_region_has_more_days_off_than_its_country():
    whole = {row.day for row in public_holidays("DE", years=[2026])}
    bavaria = {row.day: row.name for row in public_holidays("DE", region="BY", years=[2026])}
    assert whole < set(bavaria)
    assert bavaria["2026-12-25"] == "Christmas Day"


def test_the_seeds_holidays_are_offered_for_their_country():
    offered = {row.day for row in public_holidays("US", years=[2025])}
    assert {"2025-01-01", "2025-05-26", "2025-07-04", "2025-09-01", "2025-11-27"} <= offered


def test_an_all_day_entry_of_a_file_is_a_day_off():
    text = event(
        "DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261225", "SUMMARY:Inventory\\, all day"
    )
    (row,) = read_file(FRAME.format(text).encode(), now=NOW)
    assert (row.day, row.name, row.is_new) == ("2026-12-24", "Inventory, all day", True)


def test_an_entry_of_several_days_gives_each_of_them():
    assert days(event("DTSTART;VALUE=DATE:20261230", "DTEND;VALUE=DATE:20270102")) == [
        "2026-12-30",
        "2026-12-31",
        "2027-01-01",
    ]
    assert len(days(event("DTSTART;VALUE=DATE:20260801", "DURATION:P2W"))) == 14


def test_entries_with_a_time_of_day_are_passed_over():
    timed = event("DTSTART:20261224T090000Z", "DTEND:20261224T100000Z")
    assert days(timed, event("DTSTART;VALUE=DATE:20261225")) == ["2026-12-25"]


def test_a_yearly_entry_is_repeated_for_the_years_at_hand():
    found = days(event("DTSTART;VALUE=DATE:20100506", "RRULE:FREQ=YEARLY"))
    assert found == ["2025-05-06", "2026-05-06", "2027-05-06", "2028-05-06", "2029-05-06"]


def test_a_yearly_entry_ends_where_it_says():
    until = event("DTSTART;VALUE=DATE:20240506", "RRULE:FREQ=YEARLY;UNTIL=20260601")
    assert days(until) == ["2025-05-06", "2026-05-06"]
    counted = event("DTSTART;VALUE=DATE:20240506", "RRULE:FREQ=YEARLY;COUNT=2")
    assert days(counted) == ["2025-05-06"]


def test_the_fourth_thursday_of_november_moves():
    rule = "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH"
    found = days(event("DTSTART;VALUE=DATE:20251127", rule))
    assert found[:3] == ["2025-11-27", "2026-11-26", "2027-11-25"]


def test_other_repetitions_count_once():
    assert days(event("DTSTART;VALUE=DATE:20260506", "RRULE:FREQ=DAILY")) == ["2026-05-06"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"\x00\xff" * 50,
        FRAME.format("").encode(),
        FRAME.format(event("DTSTART;VALUE=DATE:notadate")).encode(),
        FRAME.format(event("DTSTART;VALUE=DATE:19990506")).encode(),
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n",
        b"x" * (MAX_BYTES + 1),
    ],
)
def test_what_holds_no_days_off_is_refused_in_words(content):
    with pytest.raises(UnreadableFile, match=r"\."):
        read_file(content, now=NOW)


@pytest.mark.parametrize(
    "rule",
    [
        "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE:FREQ=YEARLY;INTERVAL=0",
        "RRULE:FREQ=YEARLY;INTERVAL=999999999",
        "RRULE:FREQ=YEARLY;COUNT=999999999",
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=YEARLY;BYMONTH=99",
    ],
)
def test_a_hostile_rule_costs_no_time(rule):
    events = [event(f"DTSTART;VALUE=DATE:{day}", rule) for day in ("18500506", "20260506")]

    def read():
        with contextlib.suppress(UnreadableFile):
            days(*events)

    takes_at_most(1, read)


def test_more_entries_than_anybody_has_are_refused():
    with pytest.raises(UnreadableFile, match="1,000"):
        days(*[event("DTSTART;VALUE=DATE:20260506")] * 1_001)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("RRULE:FREQ=YEARLY;INTERVAL=2", ["2026-05-31", "2028-05-31"]),
        ("RRULE:FREQ=YEARLY;BYMONTH=6;BYMONTHDAY=-1", ["2026-06-30", "2027-06-30", "2028-06-30", "2029-06-30"]),
        ("RRULE:FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", ["2027-05-31", "2028-05-29", "2029-05-28"]),
        ("RRULE:FREQ=YEARLY;BYDAY=20MO", []),
        ("RRULE:FREQ=YEARLY;BYWEEKNO=20", []),
    ],
)  # fmt: skip
def test_rules_of_holidays(rule, expected):
    found = days(event("DTSTART;VALUE=DATE:20260531", rule))
    assert found == sorted({"2026-05-31", *expected})


def test_the_29th_of_february_comes_when_there_is_one():
    assert days(event("DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY")) == ["2028-02-29"]


def test_a_thousand_old_yearly_entries_are_read_at_once():
    lines = ("DTSTART;VALUE=DATE:19000504", "DTEND;VALUE=DATE:19000801", "RRULE:FREQ=YEARLY")
    assert len(takes_at_most(5, lambda: days(*[event(*lines)] * 1_000))) <= 301


def test_the_end_of_time_is_no_trouble():
    late = event("DTSTART;VALUE=DATE:99991230", "DURATION:P5W")
    assert days(late, event("DTSTART;VALUE=DATE:20260506")) == ["2026-05-06"]
