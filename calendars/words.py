"""Opening hours as people say them: "Mon–Fri 9–18, Sat 10–16 (New York)"."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from calendars.models import BusinessCalendar
from calendars.versions import house_calendar

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WHOLE_DAY = ["00:00", "24:00"]
RUN = 3  # from so many days on, "Mon–Wed" is shorter than naming each

Spans = Sequence[Sequence[str]]


def hours_text(calendar: BusinessCalendar) -> str:
    """The weekly hours with the place they are meant for; for customers too (R51)."""
    spec = calendar.spec
    if spec.get("always"):
        return week_text(spec)
    return _("%(hours)s (%(place)s)") % {
        "hours": week_text(spec),
        "place": zone_text(spec.get("tz", "UTC")),
    }


def house_hours() -> str:
    """When the company is open, by its default calendar."""
    calendar = house_calendar()
    return hours_text(calendar) if calendar else ""


def week_text(spec: Mapping[str, Any]) -> str:
    """The weekly hours; days alike stand together."""
    if spec.get("always"):
        return _("Around the clock, every day")
    weekly = {day: spec.get("weekly", {}).get(day) or [] for day in DAYS}
    if not any(weekly.values()):
        return _("Only on single dates")
    groups = [f"{_days_text(days)} {spans_text(weekly[days[0]])}" for days in _alike(weekly)]
    return ("; " if any("," in group.partition(" ")[2] for group in groups) else ", ").join(groups)


def spans_text(spans: Spans) -> str:
    """9–12:30, 13:30–18; a word for none and for the whole day."""
    if not spans:
        return _("closed")
    if [list(span) for span in spans] == [WHOLE_DAY]:
        return _("all day")
    return ", ".join(f"{short_time(begin)}–{short_time(end)}" for begin, end in spans)


def short_time(time: str) -> str:
    """09:00 is 9, 09:30 is 9:30, 09:30:15 stays precise."""
    hour, _colon, rest = time.partition(":")
    exact = rest.removesuffix(":00") if rest.count(":") else rest
    return str(int(hour)) + ("" if exact == "00" else f":{exact}")


def zone_text(zone: str) -> str:
    """The place of a zone: America/New_York is New York."""
    return zone.rpartition("/")[2].replace("_", " ")


def day_name(day: str) -> str:
    """The short name of mon to sun."""
    return str(WEEKDAYS_ABBR[DAYS.index(day)])


def _alike(weekly: Mapping[str, Spans]) -> list[list[str]]:
    """Neighbouring days with the same hours; closed ones are left out."""
    groups: list[list[str]] = []
    for place, day in enumerate(DAYS):
        if not weekly[day]:
            continue
        previous = DAYS[place - 1] if place else ""
        if groups and groups[-1][-1] == previous and weekly[previous] == weekly[day]:
            groups[-1].append(day)
        else:
            groups.append([day])
    return groups


def _days_text(days: Sequence[str]) -> str:
    if len(days) < RUN:
        return ", ".join(_names(days))
    return f"{day_name(days[0])}–{day_name(days[-1])}"


def _names(days: Iterable[str]) -> list[str]:
    return [day_name(day) for day in days]
