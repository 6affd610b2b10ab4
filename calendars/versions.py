"""Compiled calendars by version: rows that never change, so they are kept per process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db.models import Max

from calendars import engine
from calendars.engine import Calendar
from calendars.models import BusinessCalendar, CalendarVersion
from core.memo import remembered

KEPT = 512
NAMES = "holiday_names"  # beside the dates, for people; the engine does not read it


@lru_cache(maxsize=KEPT)
def calendar_for(version_id: int) -> Calendar:
    """The compiled calendar of one version. Raises CalendarVersion.DoesNotExist."""
    spec = CalendarVersion.objects.values_list("spec", flat=True).get(pk=version_id)
    return Calendar.from_spec(engine_spec(spec))


def current_version_ids() -> dict[int, int]:
    """Calendar id to the id of its newest version, archived calendars included."""
    rows = CalendarVersion.objects.order_by().values_list("calendar_id")
    return dict(rows.annotate(newest=Max("pk")))


def default_calendar() -> BusinessCalendar:
    """What everything is counted in that names no calendar (C5)."""
    return BusinessCalendar.objects.get(is_default=True)


@remembered(seconds=30)
def house_calendar() -> BusinessCalendar | None:
    """The default calendar for pages that only show it, with its spec."""
    return BusinessCalendar.objects.in_force().filter(is_default=True).first()


def compiled(calendar: BusinessCalendar) -> Calendar:
    """What is in force for this calendar."""
    newest = calendar.versions.order_by("-pk").values_list("pk", flat=True)
    return calendar_for(newest[0])


def engine_spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The part of a stored spec that the engine counts with."""
    return {key: value for key, value in spec.items() if key != NAMES}


def stored_spec(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The normal form that is kept: the engine's, and the names of its holidays. Raises BadSpec."""
    plain = engine.canonical(engine_spec(spec))
    given = spec.get(NAMES) or {}
    names = {day: given[day] for day in plain.get("holidays", []) if given.get(day)}
    return {**plain, NAMES: names} if names else plain


def fingerprint(stored: Mapping[str, Any]) -> str:
    """Equal for equal calendars, whoever typed them in whatever order."""
    text = json.dumps(stored, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
