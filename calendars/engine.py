"""Business time: deadlines and durations over opening hours, exact to the second.

A calendar compiles to sorted open intervals of UTC with running sums F, so a duration is
F(b) - F(a) and a deadline the inverse of F. Microseconds of what is passed in are cut off.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

from calendars.compiling import EVER, Stretches, WallClock, stretches
from calendars.spec import (
    DAY,
    EPOCH_ORDINAL,
    FIRST_YEAR,
    LAST_YEAR,
    BadSpec,
    Hours,
    canonical,
    digest,
    gettext_noop,
    merged,
    parse,
    written,
)

__all__ = [
    "ALWAYS",
    "BadSpec",
    "Calendar",
    "DayKind",
    "NeverOpen",
    "canonical",
    "digest",
    "refuse_never_open",
]

DayKind = Literal["open", "closed", "weekend", "holiday"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HORIZON = 10_958 * DAY  # thirty years
_FIRST = date(FIRST_YEAR, 1, 1).toordinal() - EPOCH_ORDINAL - 2
_LAST = date(LAST_YEAR + 31, 1, 1).toordinal() - EPOCH_ORDINAL + 2
_BEHIND, _AHEAD = 366, 2 * 366  # days compiled around the first moment asked about
_SATURDAY = 5


class NeverOpen(ValueError):
    """Thirty years hold too little open time."""


class Calendar:
    """Immutable and thread safe; compiled when first asked, and further whenever needed."""

    def __init__(self, hours: Hours) -> None:
        self.spec: Mapping[str, Any] = written(hours)
        self.zone, self.always = hours.zone, hours.always
        self._hours = hours
        self._lock = threading.Lock()
        self._known: Stretches | None = EVER if hours.always else None

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Calendar:
        """Refuses with BadSpec what is no calendar."""
        return cls(parse(spec))

    def add(self, start: datetime, seconds: int) -> datetime:
        """The earliest moment with that much open time since start: at closing, not next morning.

        Refuses with NeverOpen when thirty years hold too little.
        """
        if seconds < 0:
            raise ValueError("Business time is added forwards only.")
        instant = _instant(start)
        if seconds == 0:
            return _moment(instant)
        known = self._covering(instant, instant)
        goal = known.before(instant) + seconds
        while goal > known.total:
            known = self._further(known, instant)
            goal = known.before(instant) + seconds
        return _within(known.reaching(goal), instant)

    def subtract(self, end: datetime, seconds: int) -> datetime:
        """The latest moment with that much open time until end: at opening, not the eve before.

        So `start <= subtract(end, n)` says that n open seconds have passed since start. Refuses
        with NeverOpen when the thirty years before hold too little.
        """
        if seconds < 0:
            raise ValueError("Business time is subtracted backwards only.")
        instant = _instant(end)
        if seconds == 0:
            return _moment(instant)
        known = self._covering(instant, instant)
        while known.before(instant) < seconds:
            known = self._earlier(known, instant)
        return _since(known.leaving(known.before(instant) - seconds), instant)

    def between(self, start: datetime, end: datetime) -> int:
        """Open seconds from start to end; 0 when end comes first."""
        first, last = _instant(start), _instant(end)
        if last <= first:
            return 0
        known = self._covering(first, last)
        return known.before(last) - known.before(first)

    def next_open(self, moment: datetime) -> datetime:
        """The moment itself when open, else the next opening. Refuses with NeverOpen."""
        instant = _instant(moment)
        return _within(self._next_open(instant), instant)

    def add_days(self, start: datetime, days: int) -> datetime:
        """The wall time of the next open moment, on the n-th later date that opens at all.

        Refuses with NeverOpen when thirty years hold too few such dates.
        """
        if days < 0:
            raise ValueError("Business days are added forwards only.")
        instant = _instant(start)
        opens = self._next_open(instant)
        if days == 0:
            return _within(opens, instant)
        day, time = divmod(opens + self._offset(opens), DAY)
        due = self._date_after(day, days=days, since=instant)
        if due - day > _HORIZON // DAY:
            raise NeverOpen(_NEVER)
        clock = WallClock(self.zone, first=due, last=due + 1)
        return _within(self._next_open(clock.first_reading(due * DAY + time)), instant)

    def subtract_days(self, end: datetime, days: int) -> datetime:
        """The wall time of the last open second, on the n-th earlier date that opens at all.

        Refuses with NeverOpen when the thirty years before hold too few such dates.
        """
        if days < 0:
            raise ValueError("Business days are subtracted backwards only.")
        instant = _instant(end)
        latest = _instant(self.subtract(end, 1))
        day, time = divmod(latest + self._offset(latest), DAY)
        known = self._covering(latest, instant)
        while (index := bisect_left(known.dates, day) - days) < 0:
            known = self._earlier(known, instant)
        date_ = known.dates[index]
        clock = WallClock(self.zone, first=date_, last=date_ + 1)
        return _since(min(clock.first_reading(date_ * DAY + time), latest), instant)

    def is_open(self, moment: datetime) -> bool:
        """Openings are half open: closed at closing time."""
        instant = _instant(moment)
        known = self._covering(instant, instant)
        index = bisect_right(known.starts, instant) - 1
        return index >= 0 and instant < known.ends[index]

    def day_kind(self, moment: datetime) -> DayKind:
        """What the moment's date is: a holiday wins, then the weekend (Saturday, Sunday and days
        without weekly hours, even when something is open), then open or closed."""
        instant = _instant(moment)
        day = (instant + self._offset(instant)) // DAY
        weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
        if day in self._hours.holidays:
            return "holiday"
        if weekday >= _SATURDAY or not (self.always or self._hours.weekly[weekday]):
            return "weekend"
        return "open" if self.is_open(moment) else "closed"

    def openings(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """The open intervals within [start, end)."""
        first, last = _instant(start), _instant(end)
        if last <= first:
            return []
        known = self._covering(first, last)
        begin = max(bisect_right(known.starts, first) - 1, 0)
        finish = bisect_left(known.starts, last)
        clipped = [
            (max(opens, first), min(closes, last))
            for opens, closes in zip(
                known.starts[begin:finish], known.ends[begin:finish], strict=True
            )
            if closes > first
        ]
        return [(_moment(opens), _moment(closes)) for opens, closes in merged(clipped)]

    def _next_open(self, instant: int) -> int:
        known = self._covering(instant, instant)
        while True:
            # The first interval that ends later: sorted and disjoint, so the ends are sorted too.
            index = bisect_right(known.ends, instant)
            if index < len(known.ends):
                return max(known.starts[index], instant)
            known = self._further(known, instant)

    def _date_after(self, day: int, *, days: int, since: int) -> int:
        known = self._covering(since, since)
        while True:
            index = bisect_right(known.dates, day) + days - 1
            if index < len(known.dates):
                return known.dates[index]
            known = self._further(known, since)

    def _offset(self, instant: int) -> int:
        offset = _moment(instant).astimezone(self.zone).utcoffset() or timedelta()
        return offset.days * DAY + offset.seconds

    def _covering(self, low: int, high: int) -> Stretches:
        """What is open at least from low to high."""
        known = self._known
        return known if known and known.covers(low, high) else self._extended(low, high)

    def _extended(self, low: int, high: int) -> Stretches:
        if low < (_FIRST + 2) * DAY or high > (_LAST - 2) * DAY:
            raise ValueError(f"A calendar knows the years {FIRST_YEAR} to {LAST_YEAR + 30}.")
        with self._lock:
            known = self._known
            if known is None or not known.covers(low, high):
                known = self._known = self._compiled(known, low // DAY, high // DAY)
        return known

    def _further(self, known: Stretches, instant: int) -> Stretches:
        """More than is known; refuses beyond thirty years."""
        if known.high >= min(instant + _HORIZON, (_LAST - 2) * DAY):
            raise NeverOpen(_NEVER)
        return self._covering(instant, known.high + 1)

    def _earlier(self, known: Stretches, instant: int) -> Stretches:
        """More of the past than is known; refuses beyond thirty years."""
        if known.low <= max(instant - _HORIZON, (_FIRST + 2) * DAY):
            raise NeverOpen(_NEVER)
        return self._covering(known.low - 1, instant)

    def _compiled(self, known: Stretches | None, low: int, high: int) -> Stretches:
        """What is known, extended to the days low to high: forwards by doubling."""
        if known is None:
            first, last = max(low - _BEHIND, _FIRST), min(high + _AHEAD, _LAST)
            return stretches(self._hours, first=first, last=last)
        first, last = known.first, known.last
        if low < first + 2:
            first = max(low - _BEHIND, _FIRST)
        if high > last - 3:
            last = min(max(high + 3, 2 * last - first), _LAST)
        return known.joined(
            earlier=stretches(self._hours, first=first, last=known.first),
            later=stretches(self._hours, first=known.last, last=last),
        )


def refuse_never_open(spec: Mapping[str, Any], now: datetime) -> None:
    """Refuses with BadSpec a calendar that will not open in the next thirty years."""
    try:
        Calendar.from_spec(spec).next_open(now)
    except NeverOpen:
        raise BadSpec(
            gettext_noop("This calendar never opens: give it weekly hours or one day to come."),
            field="weekly",
        ) from None


def _within(instant: int, since: int) -> datetime:
    # What is known may reach further than thirty years; the answer must not depend on it.
    if instant - since > _HORIZON:
        raise NeverOpen(_NEVER)
    return _moment(instant)


def _since(instant: int, until: int) -> datetime:
    if until - instant > _HORIZON:
        raise NeverOpen(_NEVER)
    return _moment(instant)


def _instant(moment: datetime) -> int:
    """Whole seconds since 1970; a naive datetime is a TypeError."""
    since = moment - _EPOCH
    return since.days * DAY + since.seconds


def _moment(instant: int) -> datetime:
    return datetime.fromtimestamp(instant, UTC)


_NEVER = "Thirty years of this calendar hold too little open time."
ALWAYS = Calendar(Hours(parse({"tz": "UTC"}).zone, always=True))
