"""Reads the opening hours people write: refuses what makes no sense, gives one meaning one form."""

from __future__ import annotations

import hashlib
import json
import re
import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 86_400  # seconds of a day on the wall, whatever its true length
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_ROWS, MOST_DATES = 24, 2_000
# The names of holidays are for people: a spec may carry them, and they count for nothing.
PARTS = ("tz", "always", "weekly", "holidays", "exceptions", "breaks", "holiday_names")

_TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ZONE = re.compile(r"[A-Za-z0-9_+\-]{1,40}(?:/[A-Za-z0-9_+\-]{1,40}){0,3}")

Span = tuple[int, int]  # [from, to) in seconds


def gettext_noop(message: str) -> str:
    """Mark a sentence for the catalogue; the engine speaks English and imports no Django."""
    return message


class BadSpec(ValueError):
    """What is wrong and what to write instead; `template` with `facts` can be translated."""

    def __init__(self, template: str, *, field: str = "", **facts: object) -> None:
        super().__init__(template % facts)
        self.template, self.field, self.facts = template, field, facts


@dataclass(frozen=True)
class Hours:
    """A spec as numbers: days count from 1970-01-01, times are seconds on the local wall."""

    zone: ZoneInfo
    always: bool = False
    weekly: tuple[tuple[Span, ...], ...] = ((),) * 7  # tails of overnight rows on the next day
    holidays: frozenset[int] = frozenset()
    exceptions: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    tails: Mapping[int, int] = field(default_factory=dict)  # of exceptions, by their own date
    breaks: tuple[Span, ...] = ()


def parse(spec: object) -> Hours:
    """The spec as numbers; BadSpec names the first part that cannot be understood."""
    if not isinstance(spec, Mapping):
        raise BadSpec(gettext_noop("A calendar is an object with a time zone and opening hours."))
    for key in spec:
        if key not in PARTS:
            raise BadSpec(
                gettext_noop("A calendar has no part named %(given)s."), given=_shown(key)
            )
    zone = _zone(spec.get("tz"))
    always = spec.get("always", False)
    if not isinstance(always, bool):
        raise BadSpec(
            gettext_noop("“Always open” is true or false, not %(given)s."),
            field="always",
            given=_shown(always),
        )
    if always:
        _refuse_hours(spec)
        return Hours(zone, always=True)
    exceptions, tails = _exceptions(spec.get("exceptions", {}))
    return Hours(
        zone,
        weekly=_weekly(spec.get("weekly", {})),
        holidays=_holidays(spec.get("holidays", [])),
        exceptions=exceptions,
        tails=tails,
        breaks=_breaks(spec.get("breaks", [])),
    )


def canonical(spec: object) -> dict[str, Any]:
    """The normal form: sorted, merged, every part present; equal rows give equal JSON."""
    return written(parse(spec))


def written(hours: Hours) -> dict[str, Any]:
    """Hours as a spec, in the normal form."""
    return {
        "tz": hours.zone.key,
        "always": hours.always,
        "weekly": _written_week(hours.weekly),
        "holidays": [_written_date(day) for day in sorted(hours.holidays)],
        "exceptions": {
            _written_date(day): _written_rows(hours.exceptions[day], tail=hours.tails.get(day, 0))
            for day in sorted(hours.exceptions)
        },
        "breaks": [[_written_moment(a), _written_moment(b)] for a, b in hours.breaks],
    }


def digest(spec: object) -> str:
    """sha256 of the canonical JSON, as hexadecimal digits."""
    text = json.dumps(canonical(spec), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Sorted and disjoint: what overlaps or touches becomes one."""
    result: list[Span] = []
    for start, end in sorted(spans):
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(end, result[-1][1]))
        else:
            result.append((start, end))
    return tuple(result)


# Reading


def _zone(given: object) -> ZoneInfo:
    # "localtime" is the zone of the machine: deadlines must not depend on it.
    if isinstance(given, str) and _ZONE.fullmatch(given) and given != "localtime":
        try:
            return ZoneInfo(given)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            pass  # OSError: a folder such as "America"
    raise BadSpec(
        gettext_noop("%(given)s is no time zone: write one such as America/New_York or UTC."),
        field="tz",
        given=_shown(given),
    )


def _refuse_hours(spec: Mapping[str, Any]) -> None:
    for part in ("weekly", "holidays", "exceptions", "breaks"):
        given = spec.get(part)
        if given and not (isinstance(given, Mapping) and not any(given.values())):
            raise BadSpec(
                gettext_noop("A calendar that is always open has no hours, holidays or breaks."),
                field=part,
            )


def _weekly(given: object) -> tuple[tuple[Span, ...], ...]:
    if not isinstance(given, Mapping):
        raise BadSpec(
            gettext_noop("The weekly hours are a list of rows for each day, mon to sun."),
            field="weekly",
        )
    week: list[list[Span]] = [[] for _ in DAYS]
    for name, rows in given.items():
        if name not in DAYS:
            raise BadSpec(
                gettext_noop("%(given)s is no weekday: write mon, tue, wed, thu, fri, sat or sun."),
                field="weekly",
                given=_shown(name),
            )
        day = DAYS.index(name)
        heads, tail = _rows(rows, field=f"weekly.{name}")
        week[day].extend(heads)
        if tail:
            week[(day + 1) % 7].append((0, tail))
    return tuple(merged(spans) for spans in week)


def _exceptions(given: object) -> tuple[dict[int, tuple[Span, ...]], dict[int, int]]:
    if not isinstance(given, Mapping):
        raise BadSpec(
            gettext_noop("Special days are a list of rows for each date, such as 2025-12-24."),
            field="exceptions",
        )
    _bounded(given, field="exceptions")
    heads: dict[int, tuple[Span, ...]] = {}
    tails: dict[int, int] = {}
    for text, rows in given.items():
        day = _date(text, field="exceptions")
        heads[day], tail = _rows(rows, field="exceptions")
        if tail:
            tails[day] = tail
    return heads, tails


def _holidays(given: object) -> frozenset[int]:
    return frozenset(_date(text, field="holidays") for text in _listed(given, field="holidays"))


def _breaks(given: object) -> tuple[Span, ...]:
    spans = []
    for pair in _listed(given, field="breaks"):
        start, end = (_moment(text) for text in _pair(pair, field="breaks"))
        if end <= start:
            raise BadSpec(
                gettext_noop("The break from %(start)s ends before it has begun."),
                field="breaks",
                start=_written_moment(start),
            )
        spans.append((start, end))
    return merged(spans)


def _rows(given: object, *, field: str) -> tuple[tuple[Span, ...], int]:
    """The openings up to midnight, and how far into the next day the longest row goes on."""
    if not isinstance(given, (list, tuple)):
        raise BadSpec(
            gettext_noop("The hours of a day are a list of rows such as 09:00 to 18:00."),
            field=field,
        )
    if len(given) > MOST_ROWS:
        raise BadSpec(gettext_noop("A day has at most %(most)d rows."), field=field, most=MOST_ROWS)
    heads, tail = [], 0
    for row in given:
        start, end = (_time(text, field=field) for text in _pair(row, field=field))
        if start == DAY:
            raise BadSpec(
                gettext_noop("No row begins at 24:00: write 00:00 on the next day."), field=field
            )
        heads.append((start, DAY if end <= start else end))
        tail = max(tail, end if end <= start else 0)
    return merged(heads), tail


def _pair(given: object, *, field: str) -> tuple[object, object]:
    if not isinstance(given, (list, tuple)) or len(given) != 2:  # noqa: PLR2004  # from and to
        raise BadSpec(
            gettext_noop("%(given)s is no row: a row has a beginning and an end."),
            field=field,
            given=_shown(given),
        )
    return given[0], given[1]


def _time(given: object, *, field: str) -> int:
    found = _TIME.fullmatch(given) if isinstance(given, str) else None
    if found:
        hour, minute, second = (int(digits or 0) for digits in found.groups())
        seconds = hour * 3600 + minute * 60 + second
        if minute < 60 and second < 60 and seconds <= DAY:  # noqa: PLR2004  # minutes, seconds
            return seconds
    raise BadSpec(
        gettext_noop(
            "%(given)s is no time of day: write hours and minutes such as 09:00, up to 24:00."
        ),
        field=field,
        given=_shown(given),
    )


def _date(given: object, *, field: str) -> int:
    if isinstance(given, str) and _DATE.fullmatch(given):
        try:
            day = date.fromisoformat(given)
        except ValueError:
            pass  # such as 30 February
        else:
            if FIRST_YEAR <= day.year <= LAST_YEAR:
                return day.toordinal() - EPOCH_ORDINAL
    raise BadSpec(
        gettext_noop("%(given)s is no date: write year, month and day such as 2025-12-24."),
        field=field,
        given=_shown(given),
    )


def _moment(given: object) -> int:
    text, separator, time = given.partition("T") if isinstance(given, str) else ("", "", "")
    if not separator:
        raise BadSpec(
            gettext_noop("%(given)s is no moment: write date and time such as 2025-03-03T12:00."),
            field="breaks",
            given=_shown(given),
        )
    return _date(text, field="breaks") * DAY + _time(time, field="breaks")


def _listed(given: object, *, field: str) -> list[Any] | tuple[Any, ...]:
    if not isinstance(given, (list, tuple)):
        raise BadSpec(gettext_noop("%(given)s is no list."), field=field, given=_shown(given))
    _bounded(given, field=field)
    return given


def _bounded(given: Mapping[Any, Any] | list[Any] | tuple[Any, ...], *, field: str) -> None:
    if len(given) > MOST_DATES:
        raise BadSpec(
            gettext_noop("There are more than %(most)d dates in the list: remove old ones."),
            field=field,
            most=MOST_DATES,
        )


def _shown(given: object) -> str:
    """What somebody wrote, short enough for a sentence."""
    try:
        return reprlib.repr(given)
    except ValueError:  # Python writes out no number of more than 4,300 digits
        return "…"


# Writing


def _written_week(week: tuple[tuple[Span, ...], ...]) -> dict[str, list[list[str]]]:
    """Rows per weekday; an evening and the morning after it are one overnight row again."""
    rows = [list(spans) for spans in week]
    tails = [0] * 7
    for day, spans in enumerate(week):
        after = week[(day + 1) % 7]
        evening = spans[-1] if spans and spans[-1][1] == DAY else None
        if evening and after and after[0][0] == 0 and after[0][1] <= evening[0]:
            tails[day] = after[0][1]
            rows[(day + 1) % 7].remove(after[0])
    return {name: _written_rows(rows[day], tail=tails[day]) for day, name in enumerate(DAYS)}


def _written_rows(spans: Iterable[Span], *, tail: int) -> list[list[str]]:
    rows = list(spans)
    if tail:
        start, _midnight = rows.pop()
        # A row is never longer than 24 hours: a whole day and its tail need two.
        rows += [(start, tail)] if tail <= start else [(start, DAY), (tail, tail)]
    return [[_written_time(a), _written_time(b)] for a, b in rows]


def _written_time(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    text = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{text}:{rest:02}" if rest else text


def _written_date(day: int) -> str:
    return date.fromordinal(day + EPOCH_ORDINAL).isoformat()


def _written_moment(seconds: int) -> str:
    return f"{_written_date(seconds // DAY)}T{_written_time(seconds % DAY)}"
