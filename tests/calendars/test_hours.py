"""Hours as people type them, and as people read them."""

from __future__ import annotations

import pytest

from calendars.hours import UnreadableHours, read_spans, write_spans
from calendars.words import spans_text, week_text, zone_text

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("9-18", [["09:00", "18:00"]]),
        ("9:00 – 18:00", [["09:00", "18:00"]]),
        ("09.30-12h30, 13:30 to 18", [["09:30", "12:30"], ["13:30", "18:00"]]),
        ("9 am - 5 p.m.", [["09:00", "17:00"]]),
        ("12am–12pm", [["00:00", "12:00"]]),
        ("22-6", [["22:00", "06:00"]]),
        ("0-24", [["00:00", "24:00"]]),
        ("all day", [["00:00", "24:00"]]),
        ("9:00:30-10", [["09:00:30", "10:00"]]),
        ("8-9 and 10-11; 12-13", [["08:00", "09:00"], ["10:00", "11:00"], ["12:00", "13:00"]]),
        ("", []),
        ("closed", []),
    ],
)
def test_hours_are_read_as_people_write_them(typed, spans):
    assert read_spans(typed) == spans
    assert read_spans(write_spans(spans)) == spans


@pytest.mark.parametrize(
    "typed", ["nine", "9", "9-", "25-26", "9:60-10", "24:30-3", "13pm-14", "9-18-20"]
)
def test_what_is_no_time_is_refused_with_an_example(typed):
    with pytest.raises(UnreadableHours, match="9:00–18:00"):
        read_spans(typed)


def week(**days: list[list[str]]) -> dict:
    return {"weekly": {**{key: [["09:00", "18:00"]] for key in WEEKDAYS}, **days}}


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (week(sat=[["10:00", "16:00"]]), "Mon–Fri 9–18, Sat 10–16"),
        (week(wed=[]), "Mon, Tue 9–18, Thu, Fri 9–18"),
        (week(wed=[["09:00", "12:30"], ["13:30", "18:00"]]),
         "Mon, Tue 9–18; Wed 9–12:30, 13:30–18; Thu, Fri 9–18"),
        ({"weekly": {"sun": [["00:00", "24:00"]]}}, "Sun all day"),
        ({"weekly": {}}, "Only on single dates"),
        ({"always": True}, "Around the clock, every day"),
    ],
)  # fmt: skip
def test_a_week_is_told_in_few_words(spec, words):
    assert week_text(spec) == words


def test_a_day_without_hours_is_closed_and_zones_are_places():
    assert spans_text([]) == "closed"
    assert zone_text("America/Argentina/Buenos_Aires") == "Buenos Aires"
