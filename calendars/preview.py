"""The next days of a calendar, one by one: what a manager checks before trusting it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from calendars.engine import Calendar
from calendars.versions import NAMES, engine_spec
from calendars.words import spans_text

DAYS_SHOWN = 14


@dataclass(frozen=True)
class PreviewDay:
    """One date: its openings in words and why they are not the usual ones."""

    day: str
    hours: str
    remark: str
    is_closed: bool


def next_days(spec: Mapping[str, Any], *, now: datetime) -> list[PreviewDay]:
    """Today and the days after it, in the calendar's zone."""
    calendar = Calendar.from_spec(engine_spec(spec))
    today = now.astimezone(calendar.zone).date()
    days = (today + timedelta(days=offset) for offset in range(DAYS_SHOWN))
    return [_day(calendar, spec, day) for day in days]


def _day(calendar: Calendar, spec: Mapping[str, Any], day: date) -> PreviewDay:
    begin, end = _midnight(calendar, day), _midnight(calendar, day + timedelta(days=1))
    openings = calendar.openings(begin, end)
    spans = [
        (_clock(calendar, opens, day), _clock(calendar, closes, day)) for opens, closes in openings
    ]
    return PreviewDay(
        day=date_format(day, "D j M"),
        hours=spans_text(spans),
        remark=_remark(spec, day),
        is_closed=not spans,
    )


def _midnight(calendar: Calendar, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=calendar.zone).astimezone(UTC)


def _clock(calendar: Calendar, moment: datetime, day: date) -> str:
    local = moment.astimezone(calendar.zone)
    if local.date() > day:
        return "24:00"
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def _remark(spec: Mapping[str, Any], day: date) -> str:
    """A special day replaces a holiday; a break takes from whatever there is."""
    iso = day.isoformat()
    remarks = []
    if iso in spec.get("exceptions", {}):
        remarks.append(_("Special day"))
    elif iso in spec.get("holidays", []):
        remarks.append(spec.get(NAMES, {}).get(iso) or _("Holiday"))
    if any(begin[:10] <= iso <= end[:10] for begin, end in spec.get("breaks", [])):
        remarks.append(_("Break"))
    return ", ".join(remarks)
