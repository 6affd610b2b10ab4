"""Quiet hours wait for the shift, the mail of the day for eight o'clock, urgent news for nothing."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from notifications.actions import notify
from notifications.models import Habits, NoticeDelivery
from notifications.timing import next_morning
from tests.factories import make_calendar
from tests.notifications.conftest import NOON

EVENING = NOON.replace(hour=20)
NEXT_OPENING = datetime(2026, 5, 13, 9, 0, tzinfo=UTC)


@pytest.fixture
def shifted(ada: User) -> User:
    """Ada, who works from nine to five in UTC."""
    User.objects.filter(pk=ada.pk).update(shift_calendar=make_calendar("Ada's shift", now=NOON))
    return ada


def due(now: datetime) -> datetime:
    row = NoticeDelivery.objects.get()
    assert row.created_at == now
    return row.due_at


@pytest.mark.django_db
def test_within_the_shift_nothing_waits(lunch, shifted) -> None:
    notify([shifted], lunch, key="x", now=NOON)
    assert due(NOON) == NOON


@pytest.mark.django_db
def test_in_the_evening_mail_waits_for_the_next_opening(lunch, shifted) -> None:
    notify([shifted], lunch, key="x", now=EVENING)
    assert due(EVENING) == NEXT_OPENING


@pytest.mark.django_db
def test_urgent_notices_never_wait(lunch, shifted) -> None:
    Habits.objects.create(user=shifted, digest="daily")
    notify([shifted], dataclasses.replace(lunch, is_urgent=True), key="x", now=EVENING)
    assert due(EVENING) == EVENING


@pytest.mark.django_db
def test_who_wants_no_quiet_has_none(lunch, shifted) -> None:
    Habits.objects.create(user=shifted, keeps_quiet=False)
    notify([shifted], lunch, key="x", now=EVENING)
    assert due(EVENING) == EVENING


@pytest.mark.django_db
def test_pagerduty_wakes_people_as_it_is_for(lunch, shifted, make_endpoint) -> None:
    make_endpoint("pagerduty", secrets={"routing_key": "k"})
    notify([shifted], lunch, key="x", now=EVENING, channels=("pagerduty",))
    assert due(EVENING) == EVENING


@pytest.mark.django_db
def test_the_mail_of_the_day_leaves_at_eight_where_the_reader_is(lunch, ada) -> None:
    User.objects.filter(pk=ada.pk).update(time_zone="America/New_York")
    Habits.objects.create(user=ada, digest="daily")
    notify([ada], lunch, key="x", now=NOON)
    assert due(NOON) == NOON + timedelta(days=1)  # noon in UTC is eight in New York


@pytest.mark.parametrize(
    ("moment", "morning"),
    [
        ("2026-03-28T12:00+00:00", "2026-03-29T06:00+00:00"),  # the clocks go forward that night
        ("2026-10-24T12:00+00:00", "2026-10-25T07:00+00:00"),  # and back
        ("2026-05-12T05:59+00:00", "2026-05-12T06:00+00:00"),
        ("2026-05-12T06:00+00:00", "2026-05-13T06:00+00:00"),
    ],
)
def test_eight_is_what_the_clock_on_the_wall_shows(moment: str, morning: str) -> None:
    found = next_morning(datetime.fromisoformat(moment), ZoneInfo("Europe/Berlin"))
    assert found == datetime.fromisoformat(morning)
