"""Managers' pages of calendars: typed once, never lost, saved only when they make sense."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from freezegun import freeze_time

from calendars.models import BusinessCalendar
from core.registries import Impact, impact_previews
from tests.factories import make_calendar, make_department

pytestmark = pytest.mark.django_db
LIST = "/admin/calendars"
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "9-18")
ICS = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//\r\nBEGIN:VEVENT\r\nUID:1\r\n"
    b"DTSTART;VALUE=DATE:20260504\r\nSUMMARY:Works outing\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


@pytest.fixture
def shop(db) -> BusinessCalendar:
    return make_calendar("Shop", holidays=["2026-12-25"], holiday_names={"2026-12-25": "Christmas"})


@pytest.fixture
def client(max_, sign_in):
    return sign_in(max_)


def page_of(calendar: BusinessCalendar) -> str:
    return f"{LIST}/{calendar.pk}"


def typed(client, calendar: BusinessCalendar | None = None, **changes) -> dict:
    """What a browser would send back, with some fields changed."""
    page = client.get(page_of(calendar) if calendar else f"{LIST}/add")
    form, version = page.context["form"], page.context["submitted"].version
    facts = {name: form[name].value() for name in ("name", "description", "tz")}
    facts |= {day.name: day.value() for day in form.days()} | {"version": version}
    rows = form["holidays"].value()
    facts |= {
        "holidays_shown": [f"{row.day} {row.name}" for row in rows],
        "holidays_ticked": [row.day for row in rows],
    }
    return {**{key: value or "" for key, value in facts.items()}, **changes}


def save(client, calendar: BusinessCalendar, **changes):
    return client.post(page_of(calendar), typed(client, calendar, **changes))


def test_list_says_hours_zones_and_who_uses_them(client, shop, statements):
    make_department("Repair", calendar=shop)
    text = client.get(LIST).content.decode()
    for words in ("Mon–Fri 9–18, Sat 10–16", "New York", "Default", "Mon–Fri 9–17", "1 department"):
        assert words in text
    for number in range(8):
        make_calendar(f"Branch {number}")
    # The reader, the list, and one for each table that names calendars.
    with statements(8):
        assert client.get(LIST).status_code == 200


def test_agents_are_told_whom_to_ask(ada, sign_in, shop):
    for path in (LIST, f"{LIST}/add", page_of(shop)):
        assert sign_in(ada).get(path).status_code == 403


def test_a_calendar_is_added(client):
    answer = client.post(f"{LIST}/add", typed(client, name="Plant", tz="Europe/Berlin", **WEEK))
    assert answer.status_code == 303
    plant = BusinessCalendar.objects.get(name="Plant")
    assert plant.spec["weekly"]["fri"] == [["09:00", "18:00"]]
    assert plant.position > 20


def test_several_spans_and_a_night_shift(client, shop):
    assert save(client, shop, mon="9-12:30, 13:30-18", fri="22-6").status_code == 303
    weekly = BusinessCalendar.objects.get(pk=shop.pk).spec["weekly"]
    assert weekly["mon"] == [["09:00", "12:30"], ["13:30", "18:00"]]
    assert weekly["fri"] == [["22:00", "06:00"]]


def test_holidays_special_days_and_breaks(client, shop):
    save(
        client,
        shop,
        holidays_ticked=[],
        holidays_date=["2026-05-01", ""],
        holidays_name=["Labour Day", ""],
        exceptions_date=["2026-12-24", "2026-12-31", ""],
        exceptions_hours=["9-13", "", ""],
        breaks_begin=["2026-07-01T12:00", ""],
        breaks_end=["2026-07-01T14:00", ""],
    )
    spec = BusinessCalendar.objects.get(pk=shop.pk).spec
    assert (spec["holidays"], spec["holiday_names"]) == (
        ["2026-05-01"],
        {"2026-05-01": "Labour Day"},
    )
    assert spec["exceptions"] == {"2026-12-24": [["09:00", "13:00"]], "2026-12-31": []}
    assert spec["breaks"] == [["2026-07-01T12:00", "2026-07-01T14:00"]]


@pytest.mark.parametrize(
    "changes",
    [
        {"mon": "nine to five"},
        {"tz": "Mars/Olympus"},
        {"name": ""},
        {"name": "24×7"},
        {"holidays_date": ["someday"], "holidays_name": ["Party"]},
        {"exceptions_date": ["2026-02-30"], "exceptions_hours": ["9-12"]},
        {"exceptions_date": ["2026-02-20"], "exceptions_hours": ["noonish"]},
        {"breaks_begin": ["2026-07-01T12:00"], "breaks_end": [""]},
        {"breaks_begin": ["2026-07-02T12:00"], "breaks_end": ["2026-07-01T12:00"]},
        dict.fromkeys((*WEEK, "sat", "sun"), ""),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_typed_is_lost(client, shop, changes):
    special = {"description": "the typed words", "sat": "7:07-8:08"} | changes
    page = save(client, shop, **special)
    assert page.status_code == 422
    assert b"the typed words" in page.content
    for value in changes.values():
        for text in value if isinstance(value, list) else [value]:
            assert text == "Mars/Olympus" or text in page.content.decode()
    assert shop.versions.count() == 1


def test_a_calendar_that_never_opens_is_refused_in_words(client, shop):
    page = save(client, shop, **dict.fromkeys(WEEK, ""))
    assert page.status_code == 422
    assert b"never opens" in page.content


def test_monday_is_copied_and_nothing_is_saved(client, shop):
    facts = typed(client, shop, mon="7-11, 12-15", sat="8-12", name="Half typed", step="copy")
    page = client.post(page_of(shop), facts)
    form = page.context["form"]
    assert page.status_code == 200
    assert [day.value() for day in form.days()] == ["7-11, 12-15"] * 5 + ["8-12", ""]
    assert b"Half typed" in page.content
    assert page.context["submitted"].version == facts["version"]
    assert shop.versions.count() == 1


@freeze_time("2026-03-01")
def test_public_holidays_are_offered_ticked(client, shop):
    offer = {"days_off-country": "DE", "days_off-region": "BY", "days_off-first_year": "2026",
             "days_off-last_year": "2026", "step": "country"}  # fmt: skip
    page = client.post(page_of(shop), typed(client, shop, **offer))
    rows = {row.day: row for row in page.context["form"]["holidays"].value()}
    assert rows["2026-01-06"].name == "Epiphany"
    assert rows["2026-01-06"].is_new
    assert rows["2026-12-25"].name == "Christmas", "what was there stays"
    assert b"Untick those you do not observe" in page.content
    assert b"Bavaria" in page.content or b"Bayern" in page.content


def test_only_ticked_days_are_kept(client, shop):
    save(
        client,
        shop,
        holidays_shown=["2026-12-25 Christmas", "2026-01-06 Epiphany", "2026-05-01 Labour Day"],
        holidays_ticked=["2026-05-01"],
    )
    assert BusinessCalendar.objects.get(pk=shop.pk).spec["holidays"] == ["2026-05-01"]


def test_an_unticked_day_survives_a_step(client, shop):
    page = client.post(page_of(shop), typed(client, shop, holidays_ticked=[], step="copy"))
    (row,) = page.context["form"]["holidays"].value()
    assert (row.day, row.is_observed) == ("2026-12-25", False)


def test_a_country_must_be_chosen(client, shop):
    page = client.post(page_of(shop), typed(client, shop, step="country"))
    assert b"Choose a country." in page.content


@freeze_time("2026-03-01")
def test_a_calendar_file_is_read(client, shop):
    upload = SimpleUploadedFile("days.ics", ICS, content_type="text/calendar")
    facts = typed(client, shop, step="file", **{"days_off-file": upload})
    page = client.post(page_of(shop), facts)
    days = [row.day for row in page.context["form"]["holidays"].value()]
    assert days == ["2026-05-04", "2026-12-25"]
    assert b"1 day was added" in page.content


def test_a_file_that_is_none_is_refused_in_words(client, shop):
    upload = SimpleUploadedFile("days.ics", b"\x00nothing", content_type="text/calendar")
    facts = typed(client, shop, step="file", **{"days_off-file": upload})
    assert "not a calendar file" in client.post(page_of(shop), facts).content.decode()


@freeze_time("2026-12-21 08:00")
def test_preview_shows_the_next_days_as_typed(client, shop):
    facts = typed(client, shop, mon="8-12", step="preview",
                  exceptions_date=["2026-12-24"], exceptions_hours=["9-13"])  # fmt: skip
    text = client.post(page_of(shop), facts).content.decode()
    table = text.split("The next 14 days, table")[1].split("</table>")[0]
    lines = [" ".join(line.split()) for line in table.split("<tr")]
    assert sum('<th scope="row">' in line for line in lines) == 14
    assert any("Mon 21 Dec" in line and "8–12" in line for line in lines)
    assert any("Thu 24 Dec" in line and "9–13" in line and "Special day" in line for line in lines)
    assert any("Fri 25 Dec" in line and "closed" in line and "Christmas" in line for line in lines)
    assert shop.versions.count() == 1


def test_preview_of_nonsense_is_refused(client, shop):
    page = client.post(page_of(shop), typed(client, shop, mon="soon", step="preview"))
    assert page.status_code == 422


def test_versions_are_told_in_words(client, shop):
    save(client, shop, tz="Europe/Paris", mon="10-17", holidays_ticked=[], sat="10-12")
    text = client.get(page_of(shop)).content.decode()
    for words in (
        "The first version.", "Max", "Time zone: UTC → Paris", "Mon: 9–17 → 10–17",
        "Sat: closed → 10–12", "Holidays dropped: 25 Dec 2026 Christmas",
    ):  # fmt: skip
        assert words in text


def test_somebody_else_was_faster(client, shop):
    facts = typed(client, shop, mon="7-8")
    save(client, shop, mon="10-11", tue="10-11")
    page = client.post(page_of(shop), facts)
    assert page.status_code == 409
    text = page.content.decode()
    assert "10:00–11:00" in text
    assert "7-8" in text
    facts["version"] = page.context["submitted"].version
    assert client.post(page_of(shop), facts).status_code == 303


@pytest.fixture
def impact() -> Iterator[list]:
    """An upper floor tells what a change would do; here it repeats what it was asked."""
    asked: list = []

    def preview(row: BusinessCalendar, changes: dict) -> str:
        asked.append((row, changes))
        return "This changes 43 deadlines." if "spec" in changes else ""

    impact_previews.register("test.calendars", Impact("calendars.businesscalendar", preview))
    yield asked
    impact_previews._entries.pop("test.calendars")


def test_impact_is_shown_before_saving(client, shop, impact):
    page = save(client, shop, mon="10-11")
    assert b"This changes 43 deadlines." in page.content
    assert shop.versions.count() == 1
    before, after = impact[0][1]["spec"]
    assert before["weekly"]["mon"] == [["09:00", "17:00"]]
    assert after["weekly"]["mon"] == [["10:00", "11:00"]]
    assert save(client, shop, mon="10-11", confirmed="yes").status_code == 303
    assert shop.versions.count() == 2


def test_a_new_name_asks_nobody(client, shop, impact):
    assert save(client, shop, name="Workshop").status_code == 303
    assert impact == []


def test_make_default_and_archive(client, shop):
    client.post(f"{page_of(shop)}/default")
    assert BusinessCalendar.objects.get(is_default=True) == shop
    client.post(f"{page_of(shop)}/archive")
    shop.refresh_from_db()
    assert shop.archived_at is None
    client.post(f"{page_of(BusinessCalendar.objects.get(slug='standard'))}/default")
    client.post(f"{page_of(shop)}/archive")
    shop.refresh_from_db()
    assert shop.archived_at is not None


def test_a_calendar_in_use_is_not_archived(client, shop):
    make_department("Repair", calendar=shop)
    page = client.post(f"{page_of(shop)}/archive", follow=True)
    assert b"It is in use: 1 department." in page.content
    shop.refresh_from_db()
    assert shop.archived_at is None


def test_the_built_in_calendar_is_shown_not_edited(client):
    around = BusinessCalendar.objects.get(slug="24x7")
    assert b"Around the clock" in client.get(page_of(around)).content
    assert client.post(page_of(around), {"name": "x"}).status_code == 404
    client.post(f"{page_of(around)}/archive")
    around.refresh_from_db()
    assert around.archived_at is None


def test_customers_read_the_hours_below_every_page(client, shop):
    assert "We are open: Mon–Fri 9–18, Sat 10–16 (New York)" in client.get("/").content.decode()
    assert "Mon–Fri 9–18, Sat 10–16 (New York)" in client.get("/admin/portal").content.decode()


def test_a_department_has_business_hours_of_its_own(client, shop, technical):
    path = f"/admin/departments/{technical.pk}"
    page = client.get(path)
    facts = {"name": "Technical", "slug": "technical", "addresses": "tech@company.example",
             "is_default": "on", "calendar": shop.pk,
             "version": page.context["submitted"].version}  # fmt: skip
    assert client.post(path, facts).status_code == 303
    technical.refresh_from_db()
    assert technical.calendar == shop
    assert "Shop" in client.get("/admin/departments").content.decode()
    BusinessCalendar.objects.filter(pk=shop.pk).update(archived_at=datetime.now(UTC))
    assert "Shop" in client.get(path).content.decode(), "kept where it is in use"
    assert "Shop" not in client.get("/admin/departments/add").content.decode()
