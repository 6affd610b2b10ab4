"""Turns opening hours on the wall into sorted open stretches of UTC, date by date."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from math import inf
from zoneinfo import ZoneInfo

from calendars.spec import DAY, Hours, Span, merged

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARGIN = 3  # days of offsets known around the dates: no jump of a wall clock exceeds one day


@dataclass(frozen=True, slots=True)
class Stretches:
    """Open UTC intervals of the local dates [first, last), sorted, and the dates they open."""

    first: int
    last: int
    starts: Sequence[int]
    ends: Sequence[int]
    dates: Sequence[int]
    sums: Sequence[int]  # open seconds up to and with each interval
    total: int
    low: int  # within [low, high] nothing is missing: a local date may lie a day off in UTC
    high: int

    @classmethod
    def of(
        cls, first: int, last: int, *, starts: list[int], ends: list[int], dates: list[int]
    ) -> Stretches:
        lengths = (end - start for start, end in zip(starts, ends, strict=True))
        sums = list(accumulate(lengths))
        low, high = (first + 2) * DAY, (last - 2) * DAY
        return cls(first, last, starts, ends, dates, sums, sums[-1] if sums else 0, low, high)

    def covers(self, low: int, high: int) -> bool:
        return self.low <= low and high <= self.high

    def before(self, instant: int) -> int:
        """Open seconds up to an instant."""
        index = bisect_right(self.starts, instant) - 1
        if index < 0:
            return 0
        left = self.ends[index] - instant
        return self.sums[index] - left if left > 0 else self.sums[index]

    def reaching(self, goal: int) -> int:
        """The earliest instant before which that many seconds were open."""
        index = bisect_left(self.sums, goal)
        return self.ends[index] - (self.sums[index] - goal)

    def leaving(self, goal: int) -> int:
        """The latest instant before which that many seconds were open."""
        index = bisect_right(self.sums, goal)
        return self.ends[index] - (self.sums[index] - goal)

    def joined(self, *, earlier: Stretches, later: Stretches) -> Stretches:
        """These with their neighbours in time."""
        parts = (earlier, self, later)
        return Stretches.of(
            earlier.first,
            later.last,
            starts=[start for part in parts for start in part.starts],
            ends=[end for part in parts for end in part.ends],
            dates=[day for part in parts for day in part.dates],
        )


EVER = Stretches(  # always open: one interval, and every date a datetime can name
    *(-719_162, 2_932_897),
    starts=(-719_162 * DAY,),
    ends=(2_932_897 * DAY,),
    dates=range(-719_162, 2_932_897),
    sums=((719_162 + 2_932_897) * DAY,),
    total=(719_162 + 2_932_897) * DAY,
    low=-719_162 * DAY,
    high=2_932_897 * DAY,
)


class WallClock:
    """When the wall clock of a zone first reads a time, within some local dates.

    first_reading(x) is the first instant at which the clock has read x or later: in a spring gap
    the jump itself, in an autumn overlap the first of two. So it never runs backwards.
    """

    def __init__(self, zone: ZoneInfo, *, first: int, last: int) -> None:
        jumps = list(_jumps(zone, first=first - _MARGIN, last=last + _MARGIN))
        self._begins = [begin for begin, _offset in jumps]
        self._offsets = [offset for _begin, offset in jumps]
        ends = [*self._begins[1:], inf]
        # What the clock has read at most by the end of each offset: rising, so it can be bisected.
        self._tops = list(
            accumulate((end + offset for end, offset in zip(ends, self._offsets, strict=True)), max)
        )

    def first_reading(self, wall: int) -> int:
        index = bisect_right(self._tops, wall)
        return max(self._begins[index], wall - self._offsets[index])

    def steady(self, day: int) -> int | None:
        """The one offset of a local date, or None where the date needs care."""
        midnight = day * DAY
        index = bisect_right(self._tops, midnight)
        offset = self._offsets[index]
        begins_before = self._begins[index] <= midnight - offset
        return offset if begins_before and midnight + DAY < self._tops[index] else None


def stretches(hours: Hours, *, first: int, last: int) -> Stretches:
    """The openings of the local dates [first, last) as UTC."""
    clock = WallClock(hours.zone, first=first, last=last)
    starts: list[int] = []
    ends: list[int] = []
    dates: list[int] = []
    for day, spans in _days(hours, first=first, last=last):
        count = len(starts)
        offset = clock.steady(day)
        for start, end in spans:
            if offset is None:
                opens, closes = clock.first_reading(start), clock.first_reading(end)
            else:
                opens, closes = start - offset, end - offset
            if closes > opens:  # an opening inside a spring gap has no length
                starts.append(opens)
                ends.append(closes)
        if len(starts) > count:
            dates.append(day)
    return Stretches.of(first, last, starts=starts, ends=ends, dates=dates)


def _jumps(zone: ZoneInfo, *, first: int, last: int) -> Iterator[Span]:
    """(instant, offset from then on). One look a day suffices: since 1900 no zone of the tz
    database has changed its offset twice within three days (the closest: Freetown, 1939)."""
    offset = _offset(zone, first * DAY)
    yield first * DAY, offset
    for day in range(first + 1, last):
        after = _offset(zone, day * DAY)
        if after != offset:
            yield _jump(zone, (day - 1) * DAY, day * DAY, offset), after
            offset = after


def _jump(zone: ZoneInfo, low: int, high: int, before: int) -> int:
    """The first second in (low, high] whose offset is not the one before."""
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == before:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, instant: int) -> int:
    offset = (_EPOCH + timedelta(seconds=instant)).astimezone(zone).utcoffset() or timedelta()
    return offset.days * DAY + offset.seconds


def _days(hours: Hours, *, first: int, last: int) -> Iterator[tuple[int, list[Span]]]:
    """Each date with its openings in wall seconds: break > exception > holiday > week."""
    week, breaks = hours.weekly, hours.breaks
    special = _special(hours)
    for day in range(first, last):
        midnight = day * DAY
        spans = special[day] if day in special else week[(day + 3) % 7]  # 1970 began on a Thursday
        openings = [(midnight + start, midnight + end) for start, end in spans]
        yield day, _without(openings, breaks) if breaks and openings else openings


def _special(hours: Hours) -> dict[int, tuple[Span, ...]]:
    """Dates that differ from the week. The tail of an overnight exception yields to the next
    date's own exception or holiday, just as the tail of a weekly row does."""
    tails = {
        day + 1: merged([*hours.weekly[(day + 4) % 7], (0, tail)])
        for day, tail in hours.tails.items()
    }
    return tails | dict.fromkeys(hours.holidays, ()) | dict(hours.exceptions)


def _without(openings: Iterable[Span], breaks: tuple[Span, ...]) -> list[Span]:
    """The openings less the sorted, disjoint breaks."""
    left: list[Span] = []
    for start, end in openings:
        index = max(bisect_right(breaks, (start, inf)) - 1, 0)
        while index < len(breaks) and breaks[index][0] < end:
            begins, finishes = breaks[index]
            if start < begins:
                left.append((start, begins))
            start = max(start, finishes)  # noqa: PLW2901  # what is left of this opening
            index += 1
        if start < end:
            left.append((start, end))
    return left
