"""Calendars as rows: each change is a version, the database keeps what was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import User
from calendars.actions import CalendarFacts, CalendarIsFixed, make_default, save_calendar
from calendars.engine import BadSpec
from calendars.events import CalendarChanged, DefaultCalendarChanged
from calendars.models import BusinessCalendar, CalendarVersion
from calendars.presets import ensure_presets
from calendars.shipped import HOLIDAYS, OTHERS, ROUND_THE_CLOCK, STANDARD
from calendars.versions import (
    calendar_for,
    compiled,
    current_version_ids,
    default_calendar,
    fingerprint,
    house_calendar,
    stored_spec,
)
from calendars.words import hours_text, house_hours
from core.events import DomainEvent
from core.models import AuditEntry
from tests.calendars.cases import HOLIDAYS_2025
from tests.factories import make_calendar

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch) -> list[DomainEvent]:
    """What calendars emit."""
    found: list[DomainEvent] = []
    monkeypatch.setattr("calendars.actions.emit", found.append)
    return found


def save(calendar: BusinessCalendar, actor: User | None = None, **changes) -> BusinessCalendar:
    name = changes.pop("name", calendar.name)
    facts = CalendarFacts(name=name, spec={**calendar.spec, **changes})
    return save_calendar(calendar, facts=facts, actor=actor, now=timezone.now())


def test_shipped_calendars_are_there_with_the_seeds_hours():
    standard = default_calendar()
    assert standard.slug == "standard"
    assert hours_text(standard) == "Mon–Fri 9–18, Sat 10–16 (New York)"
    assert set(standard.spec["holidays"]) == set(HOLIDAYS) >= set(HOLIDAYS_2025)
    monday = datetime(2025, 2, 3, 14, tzinfo=UTC)
    assert compiled(standard).is_open(monday)
    around = BusinessCalendar.objects.get(slug="24x7")
    assert around.is_builtin
    assert compiled(around).always
    assert hours_text(around) == "Around the clock, every day"


@pytest.mark.parametrize("preset", [STANDARD, ROUND_THE_CLOCK])
def test_what_the_migration_wrote_is_what_saving_writes(preset):
    spec = stored_spec(preset["spec"])
    version = CalendarVersion.objects.get(calendar__slug=preset["slug"])
    assert (version.spec, version.sha256) == (spec, fingerprint(spec))


def test_presets_are_added_once(max_):
    now = timezone.now()
    assert len(ensure_presets(actor=max_, now=now)) == len(OTHERS)
    assert ensure_presets(actor=max_, now=now) == []
    sydney = BusinessCalendar.objects.get(slug="asia-pacific")
    assert hours_text(sydney) == "Mon–Fri 9–18 (Sydney)"


def test_new_hours_are_a_new_version_and_the_old_one_stays(max_, heard):
    shop = make_calendar("Shop")
    first = shop.versions.get()
    save(shop, max_, weekly={"mon": [["10:00", "12:00"]]})
    second = shop.versions.first()
    assert [first, second] == list(shop.versions.order_by("pk"))
    assert second.created_by == max_
    assert current_version_ids()[shop.pk] == second.pk
    assert calendar_for(first.pk).spec != calendar_for(second.pk).spec
    assert [type(event) for event in heard] == [CalendarChanged, CalendarChanged]
    assert heard[-1].version == second


def test_the_same_hours_typed_otherwise_are_no_new_version(max_, heard):
    shop = make_calendar("Shop", holidays=["2026-12-25", "2026-12-24"])
    heard.clear()
    split = [["13:00", "17:00"], ["09:00", "13:00"]]
    save(
        shop,
        max_,
        weekly={**shop.spec["weekly"], "mon": split},
        holidays=["2026-12-24", "2026-12-25"],
    )
    assert shop.versions.count() == 1
    assert heard == []
    assert not AuditEntry.objects.filter(verb="changed").exists()


def test_a_new_name_alone_is_audited_and_makes_no_version(max_):
    shop = make_calendar("Shop")
    save(shop, max_, name="Workshop")
    entry = AuditEntry.objects.get(verb="changed", subject_kind="businesscalendar")
    assert (entry.before, entry.after) == ({"name": "Shop"}, {"name": "Workshop"})
    assert shop.versions.count() == 1


def test_names_of_holidays_are_kept_beside_their_dates():
    names = {"2026-12-25": "Christmas", "2026-01-01": "never asked for"}
    shop = make_calendar("Shop", holidays=["2026-12-25"], holiday_names=names)
    assert shop.spec["holiday_names"] == {"2026-12-25": "Christmas"}
    assert compiled(shop).day_kind(datetime(2026, 12, 25, 12, tzinfo=UTC)) == "holiday"


def test_versions_never_change_not_even_by_hand():
    version = make_calendar("Shop").versions.get()
    for change in (
        lambda: CalendarVersion.objects.filter(pk=version.pk).update(spec={}),
        lambda: CalendarVersion.objects.filter(pk=version.pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
            change()


def test_an_author_may_be_forgotten(max_):
    shop = make_calendar("Shop")
    save(shop, max_, tz="Europe/Paris")
    CalendarVersion.objects.filter(created_by=max_).update(created_by=None)
    assert shop.versions.count() == 2


def test_a_calendar_that_never_opens_is_refused():
    with pytest.raises(BadSpec, match="never opens"):
        make_calendar("Shop", weekly={})
    with pytest.raises(BadSpec, match="never opens"):
        make_calendar("Shop", weekly={}, exceptions={"2020-01-01": [["09:00", "10:00"]]})
    assert not BusinessCalendar.objects.filter(name="Shop").exists()
    assert make_calendar("Fair", weekly={}, exceptions={"2040-01-01": [["09:00", "10:00"]]}).pk


def test_the_built_in_calendar_stays_as_it_is(max_):
    with pytest.raises(CalendarIsFixed):
        save(BusinessCalendar.objects.get(slug="24x7"), max_, name="25x8")


def test_another_default_takes_the_place_of_the_old_one(max_, heard):
    shop = make_calendar("Shop")
    heard.clear()
    assert house_hours().endswith("(New York)")
    make_default(shop, actor=max_, now=timezone.now())
    assert default_calendar() == shop
    assert house_calendar() == shop
    assert [type(event) for event in heard] == [DefaultCalendarChanged]
    entry = AuditEntry.objects.get(verb="calendar_default")
    assert entry.before == {"default": "Standard business hours"}
    make_default(shop, actor=max_, now=timezone.now())
    assert len(heard) == 1


def test_an_archived_calendar_cannot_be_the_default(max_):
    shop = make_calendar("Shop")
    BusinessCalendar.objects.filter(pk=shop.pk).update(archived_at=timezone.now())
    with pytest.raises(CalendarIsFixed):
        make_default(shop, actor=max_, now=timezone.now())


def test_names_alike_get_addresses_of_their_own():
    assert [make_calendar(name).slug for name in ("Nacht Schicht", "Nacht-Schicht", "夜")] == [
        "nacht-schicht",
        "nacht-schicht-2",
        "calendar",
    ]
