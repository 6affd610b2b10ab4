"""Where lists of holidays come from: a country's law, or somebody's calendar file (sla.md 2.1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import holidays
from django.utils.translation import gettext as _
from holidays.registry import COUNTRIES
from icalendar import Calendar as CalendarFile
from icalendar.cal import Component
from icalendar.prop import vDDDTypes, vDuration, vRecur

from calendars.parts import MOST, NAME_LENGTH, Holiday
from calendars.yearly import read_rule
from core.text import clean_line

MAX_BYTES = 1024 * 1024
MOST_EVENTS = 1_000
LONGEST = 62  # days of one entry: a summer closed, not a decade
BEFORE, AFTER = 1, 3  # years around now that a file is read for


class UnreadableFile(ValueError):
    """The file is no calendar we can read; the text says why."""


@lru_cache(maxsize=1)
def countries() -> list[tuple[str, str]]:
    """ISO code and English name, by name."""
    known = holidays.list_supported_countries(include_aliases=False)
    names = {entry[1]: key.replace("_", " ").title() for key, entry in COUNTRIES.items()}
    return sorted(((code, names.get(code, code)) for code in known), key=lambda pair: pair[1])


@lru_cache(maxsize=64)
def regions(country: str) -> list[tuple[str, str]]:
    """The parts of a country that have holidays of their own, by name."""
    codes = holidays.list_supported_countries(include_aliases=False).get(country, [])
    if not codes:
        return []
    aliases = holidays.country_holidays(country).subdivisions_aliases
    names = {code: name for name, code in aliases.items()}
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda pair: pair[1])


def public_holidays(country: str, *, region: str = "", years: Iterable[int]) -> list[Holiday]:
    """The public holidays of a country or one of its regions, to be ticked."""
    language = "en_US"
    known = holidays.country_holidays(country).supported_languages
    found = holidays.country_holidays(
        country,
        subdiv=region or None,
        years=list(years),
        language=language if language in known else None,
    )
    return [_offered(day, name) for day, name in sorted(found.items())][:MOST]


def read_file(content: bytes, *, now: datetime) -> list[Holiday]:
    """The all-day entries of an .ics file (RFC 5545) around now. Raises UnreadableFile.

    An entry of several days gives each of them; one that repeats every year is repeated, other
    repetitions count once; entries with a time of day are passed over.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableFile(_("The file is larger than 1 MB."))
    try:
        events = list(CalendarFile.from_ical(content).walk("VEVENT"))
    except (ValueError, IndexError, KeyError, AttributeError, TypeError) as trouble:
        raise UnreadableFile(_("This is not a calendar file (.ics).")) from trouble
    if len(events) > MOST_EVENTS:
        raise UnreadableFile(_("The file holds more than 1,000 entries."))
    first, last = date(now.year - BEFORE, 1, 1), date(now.year + AFTER, 12, 31)
    found: dict[date, str] = {}
    for day, name in (pair for event in events for pair in _days(event, first, last)):
        found.setdefault(day, name)
    if not found:
        raise UnreadableFile(_("The file holds no all-day entry of these years."))
    return [_offered(day, name) for day, name in sorted(found.items())][: MOST + 1]


def _offered(day: date, name: str) -> Holiday:
    return Holiday(day.isoformat(), clean_line(name, NAME_LENGTH), is_new=True)


def _days(event: Component, first: date, last: date) -> Iterator[tuple[date, str]]:
    """Each day of an entry and of its yearly repetitions, from `first` to `last`."""
    start = _when(event, "DTSTART")
    if not isinstance(start, date) or isinstance(start, datetime) or start > last:
        return
    name = str(event.get("SUMMARY", ""))
    length = timedelta(days=min(max(_length(event, start), 1), LONGEST))
    for begin in _beginnings(event, start, last):
        # Most repetitions are long past, and cost nothing but this line.
        day = max(begin, first)
        while day < begin + length and day <= last:
            yield day, name
            day += timedelta(days=1)


def _length(event: Component, start: date) -> int:
    """How many days; DTEND is the day after the last one (RFC 5545 3.6.1)."""
    end = _when(event, "DTEND")
    if isinstance(end, date) and not isinstance(end, datetime):
        return (end - start).days
    duration = _when(event, "DURATION")
    return duration.days if isinstance(duration, timedelta) else 1


def _beginnings(event: Component, start: date, last: date) -> list[date]:
    parts = event.get("RRULE")
    rule = read_rule(parts) if isinstance(parts, vRecur) else None
    if rule is None:
        return [start]
    return [start, *(day for day in rule.dates(start, last=last) if day != start)]


def _when(event: Component, name: str) -> Any:
    """A date, moment or length; None for one that is missing, broken or there twice."""
    found = event.get(name)
    return found.dt if isinstance(found, vDDDTypes | vDuration) else None
