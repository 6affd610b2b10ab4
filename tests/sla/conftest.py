"""A company on S4's hours with one policy, and the moments its stories are told at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from calendars.models import BusinessCalendar
from sla.actions.rules import put_in_force
from sla.models import SlaPolicy, SlaTarget
from tickets.models import Priority

HOUSE = ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    """A moment on the wall of the office: at("2025-02-04 10:00")."""
    return datetime.fromisoformat(text).replace(tzinfo=HOUSE)


@pytest.fixture
def office(db) -> BusinessCalendar:
    """Mon-Fri 9-18, Sat 10-16, the holidays of R100."""
    return BusinessCalendar.objects.get(is_default=True)


@pytest.fixture
def promise(office: BusinessCalendar) -> Callable[..., SlaPolicy]:
    """`promise(resolution=8, first_response=4)`: a policy for everybody, in hours, in force."""

    def make(*, now: str = "2025-01-01 00:00", **hours: int | None) -> SlaPolicy:
        fields = {name: hours.pop(name) for name in list(hours) if name not in METRICS}
        policy = SlaPolicy.objects.create(name=fields.pop("name", "Everybody"), **fields)
        for metric, amount in hours.items():
            SlaTarget.objects.create(
                policy=policy, metric=metric, amount=amount, unit="hours", thresholds=["75%"]
            )
        put_in_force(actor=None, now=at(now))
        return policy

    return make


METRICS = ("acknowledge", "first_response", "next_response", "update", "resolution")


def priority(rank: int) -> Priority:
    """The shipped priority of this rank; 1 is the most urgent."""
    return Priority.objects.get(rank=rank)
