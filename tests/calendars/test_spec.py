"""What people write as opening hours: one meaning has one form, and nonsense gets a clear answer."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.engine import BadSpec, Calendar, canonical, digest, refuse_never_open
from tests.calendars.cases import NIGHTS, S4, at

NOW = datetime(2026, 2, 20, tzinfo=UTC)
EMPTY_WEEK = {day: [] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def on_monday(*rows) -> dict:
    return {"tz": "UTC", "weekly": {"mon": list(rows)}}


@pytest.mark.parametrize(
    ("spec", "field", "words"),
    [
        ([], "", "object"),
        ({"tz": "UTC", "hours": {}}, "", "no part named 'hours'"),
        ({}, "tz", "None is no time zone"),
        ({"tz": 10**5000}, "tz", "is no time zone"),
        ({"tz": [[[[[[[[["deep"]]]]]]]]]}, "tz", "is no time zone"),
        ({"tz": "Mars/Olympus"}, "tz", "'Mars/Olympus' is no time zone"),
        ({"tz": "America"}, "tz", "no time zone"),
        ({"tz": "../../etc/passwd"}, "tz", "no time zone"),
        ({"tz": "localtime"}, "tz", "no time zone"),
        ({"tz": "UTC", "always": "yes"}, "always", "true or false"),
        ({"tz": "UTC", "always": True, "weekly": {"mon": [["09:00", "10:00"]]}}, "weekly", "always open"),
        ({"tz": "UTC", "always": True, "holidays": ["2025-01-01"]}, "holidays", "always open"),
        ({"tz": "UTC", "weekly": []}, "weekly", "mon to sun"),
        ({"tz": "UTC", "weekly": {"monday": []}}, "weekly", "'monday' is no weekday"),
        ({"tz": "UTC", "weekly": {"mon": "09:00-18:00"}}, "weekly.mon", "list of rows"),
        (on_monday(["09:00"]), "weekly.mon", "beginning and an end"),
        (on_monday("ab"), "weekly.mon", "beginning and an end"),
        (on_monday(["25:00", "26:00"]), "weekly.mon", "'25:00' is no time of day"),
        (on_monday(["09:00", "24:01"]), "weekly.mon", "up to 24:00"),
        (on_monday(["9:00", "18:00"]), "weekly.mon", "'9:00' is no time of day"),
        (on_monday(["09:60", "18:00"]), "weekly.mon", "'09:60' is no time of day"),
        (on_monday(["09:00:60", "18:00"]), "weekly.mon", "no time of day"),
        (on_monday(["٠٩:٠٠", "18:00"]), "weekly.mon", "no time of day"),
        (on_monday(["09:00\n", "18:00"]), "weekly.mon", "no time of day"),
        (on_monday([9, 18]), "weekly.mon", "9 is no time of day"),
        (on_monday(["24:00", "06:00"]), "weekly.mon", "00:00 on the next day"),
        (on_monday(*[["09:00", "10:00"]] * 25), "weekly.mon", "at most 24 rows"),
        ({"tz": "UTC", "holidays": {"2025-01-01": 1}}, "holidays", "is no list"),
        ({"tz": "UTC", "holidays": ["25.12.2025"]}, "holidays", "'25.12.2025' is no date"),
        ({"tz": "UTC", "holidays": ["2025-02-29"]}, "holidays", "no date"),
        ({"tz": "UTC", "holidays": ["1066-10-14"]}, "holidays", "no date"),
        ({"tz": "UTC", "holidays": [20251225]}, "holidays", "no date"),
        ({"tz": "UTC", "holidays": ["2025-01-01"] * 2001}, "holidays", "more than 2000"),
        ({"tz": "UTC", "exceptions": []}, "exceptions", "each date"),
        ({"tz": "UTC", "exceptions": {"tomorrow": []}}, "exceptions", "'tomorrow' is no date"),
        ({"tz": "UTC", "exceptions": {"2025-01-01": None}}, "exceptions", "list of rows"),
        ({"tz": "UTC", "exceptions": {str(n): [] for n in range(2001)}}, "exceptions", "more than 2000"),
        ({"tz": "UTC", "breaks": "noon"}, "breaks", "is no list"),
        ({"tz": "UTC", "breaks": [["2025-03-03"]]}, "breaks", "beginning and an end"),
        ({"tz": "UTC", "breaks": [["2025-03-03", "2025-03-04"]]}, "breaks", "is no moment"),
        ({"tz": "UTC", "breaks": [[1, 2]]}, "breaks", "is no moment"),
        ({"tz": "UTC", "breaks": [["2025-03-03T12:00", "2025-03-03T12:00"]]}, "breaks", "from 2025-03-03T12:00 ends"),
        ({"tz": "UTC", "breaks": [["2025-03-03T12:00Z", "2025-03-03T13:00Z"]]}, "breaks", "no time of day"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_a_clear_sentence(spec, field, words):
    with pytest.raises(BadSpec) as refusal:
        Calendar.from_spec(spec)
    assert refusal.value.field == field
    assert words in str(refusal.value)
    assert refusal.value.template % refusal.value.facts == str(refusal.value)
    assert len(str(refusal.value)) < 140


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text()
    | st.sampled_from(["09:00", "18:00", "24:00", "2025-02-04", "2025-02-04T10:00", "UTC"]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.text() | st.sampled_from(["mon", "2025-02-04"]), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
parts = st.sampled_from(["tz", "always", "weekly", "holidays", "exceptions", "breaks"])


@settings(deadline=None)
@given(anything | st.dictionaries(parts, anything).map(lambda spec: {"tz": "UTC", **spec}))
def test_hostile_input_meets_nothing_but_bad_spec(spec):
    try:
        normal = canonical(spec)
    except BadSpec:
        return
    assert canonical(normal) == normal
    assert len(digest(spec)) == 64


def test_the_normal_form_has_every_part_sorted_and_merged():
    spec = {
        "tz": "Europe/Berlin",
        "weekly": {"mon": [["13:00", "18:00"], ["09:00:00", "12:00"], ["11:00", "12:30:15"]]},
        "holidays": ["2025-12-25", "2025-01-01", "2025-12-25"],
        "exceptions": {"2025-12-31": [], "2025-12-24": [["09:00", "13:00"]]},
        "breaks": [
            ["2025-03-03T12:00", "2025-03-03T24:00"],
            ["2025-03-04T00:00", "2025-03-04T01:00"],
        ],
    }
    assert canonical(spec) == {
        "tz": "Europe/Berlin",
        "always": False,
        "weekly": {**EMPTY_WEEK, "mon": [["09:00", "12:30:15"], ["13:00", "18:00"]]},
        "holidays": ["2025-01-01", "2025-12-25"],
        "exceptions": {"2025-12-24": [["09:00", "13:00"]], "2025-12-31": []},
        "breaks": [["2025-03-03T12:00", "2025-03-04T01:00"]],
    }


def test_an_overnight_row_and_its_two_halves_are_one_meaning():
    halves = {
        "tz": "UTC",
        "weekly": {"sun": [["22:00", "24:00"]], "mon": [["00:00", "06:00"], ["09:00", "10:00"]]},
    }
    whole = {"tz": "UTC", "weekly": {"sun": [["22:00", "06:00"]], "mon": [["09:00", "10:00"]]}}
    assert digest(halves) == digest(whole)
    assert canonical(halves)["weekly"]["sun"] == [["22:00", "06:00"]]
    assert canonical(NIGHTS)["weekly"]["fri"] == [["22:00", "06:00"]]


def test_days_without_end_keep_their_rows():
    full = canonical({"tz": "UTC", "weekly": {day: [["00:00", "24:00"]] for day in EMPTY_WEEK}})
    assert set(map(str, full["weekly"].values())) == {"[['00:00', '24:00']]"}
    assert digest(
        {"tz": "UTC", "weekly": {day: [["09:00", "09:00"]] for day in EMPTY_WEEK}}
    ) == digest(full)


def test_a_whole_exceptional_day_with_a_tail_needs_two_rows():
    rows = [["00:00", "24:00"], ["22:00", "06:00"]]
    normal = canonical({"tz": "UTC", "exceptions": {"2025-07-03": rows}})
    assert normal["exceptions"] == {"2025-07-03": [["00:00", "24:00"], ["06:00", "06:00"]]}
    assert canonical(normal) == normal


def test_always_open_is_a_form_of_its_own():
    assert canonical({"always": True, "tz": "UTC", "weekly": dict(EMPTY_WEEK), "holidays": []}) == {
        "tz": "UTC", "always": True, "weekly": EMPTY_WEEK,
        "holidays": [], "exceptions": {}, "breaks": [],
    }  # fmt: skip


def test_names_of_holidays_count_for_nothing():
    assert digest({**S4, "holiday_names": {"2025-12-25": "Christmas Day"}}) == digest(S4)


@pytest.mark.parametrize(
    "spec",
    [
        {"tz": "UTC"},
        {"tz": "UTC", "exceptions": {"2025-07-03": [["09:00", "13:00"]]}},
        {"tz": "UTC", "exceptions": {"2027-07-03": []}},
        {
            "tz": "UTC",
            "exceptions": {"2027-07-03": [["09:00", "13:00"]]},
            "breaks": [["2027-07-01T00:00", "2027-08-01T00:00"]],
        },
    ],
)
def test_a_calendar_that_never_opens_is_refused(spec):
    with pytest.raises(BadSpec, match="never opens") as refusal:
        refuse_never_open(spec, NOW)
    assert refusal.value.field == "weekly"


def test_weekly_hours_or_one_day_to_come_suffice():
    refuse_never_open(S4, NOW)
    refuse_never_open({"tz": "UTC", "always": True}, NOW)
    refuse_never_open({"tz": "UTC", "exceptions": {"2028-02-29": [["09:00", "13:00"]]}}, NOW)


def test_a_calendar_does_not_change_with_the_spec_it_was_made_of():
    spec = {"tz": "America/New_York", "weekly": {"tue": [["09:00", "18:00"]]}}
    calendar = Calendar.from_spec(spec)
    spec["weekly"]["tue"].append(["00:00", "24:00"])
    assert calendar.between(at("2025-02-04 00:00"), at("2025-02-05 00:00")) == 9 * 3600
