"""A schedule with two levels and the people in it, for the tests of paging."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from accounts.models import User
from automation.models import OnCallRole, OnCallSchedule
from automation.on_call.schedules import seat_people

STARTS = date(2025, 1, 6)


def make_schedule(name: str = "Emergency", **fields: Any) -> OnCallSchedule:
    facts = {"time_zone": "UTC", "handover_time": time(9), "starts_on": STARTS}
    return OnCallSchedule.objects.create(name=name, **{**facts, **fields})


def make_role(
    schedule: OnCallSchedule, name: str, *people: User, level: int = 1, now: datetime
) -> OnCallRole:
    role = OnCallRole(schedule=schedule, name=name, level=level)
    return seat_people(role, people=list(people), actor=None, now=now)
