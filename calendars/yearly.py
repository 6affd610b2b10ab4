"""Days that come back every year by a rule of RFC 5545 3.3.10, as far as holidays need it."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

KNOWN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYMONTHDAY", "BYDAY", "WKST"}
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WEEK = 7
_NTH = re.compile(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)")


@dataclass(frozen=True)
class YearlyRule:
    """Every n years on days of a month, or on its nth weekdays."""

    interval: int
    count: int | None
    until: date | None
    months: tuple[int, ...]
    month_days: tuple[int, ...]
    weekdays: tuple[tuple[int, int], ...]

    def dates(self, start: date, *, last: date) -> Iterator[date]:
        """The days of the rule from `start` to `last`, in their order."""
        end = min(self.until or last, last)
        left = self.count
        for year in range(start.year, end.year + 1, self.interval):
            for day in sorted(self._days_of(year, start)):
                if left == 0 or day > end:
                    return
                if day >= start:
                    yield day
                    left = left - 1 if left is not None else None

    def _days_of(self, year: int, start: date) -> set[date]:
        months = self.months or (start.month,)
        if self.weekdays:
            pairs = [(month, nth) for month in months for nth in self.weekdays]
            found = {_nth_weekday(year, month, *nth) for month, nth in pairs}
        else:
            numbers = self.month_days or (start.day,)
            found = {_month_day(year, month, number) for month in months for number in numbers}
        return {day for day in found if day is not None}


def read_rule(parts: Mapping[str, Any] | None) -> YearlyRule | None:
    """The rule, or None for one that holidays do not need: it is then taken as no repetition."""
    if not parts or not set(parts) <= KNOWN:
        return None
    if [str(part).upper() for part in parts.get("FREQ", [])] != ["YEARLY"]:
        return None
    weekdays = [_NTH.fullmatch(str(part).upper()) for part in parts.get("BYDAY", [])]
    # An nth weekday of the whole year, or every one of them, is nobody's holiday.
    if not all(weekdays) or (weekdays and ("BYMONTH" not in parts or "BYMONTHDAY" in parts)):
        return None
    numbers = {name: _numbers(parts, name) for name in ("INTERVAL", "COUNT")}
    return YearlyRule(
        interval=max(next(iter(numbers["INTERVAL"]), 1), 1),
        count=next(iter(numbers["COUNT"]), None),
        until=_until(parts),
        months=tuple(month for month in _numbers(parts, "BYMONTH") if 1 <= month <= 12),  # noqa: PLR2004 -- months
        month_days=_numbers(parts, "BYMONTHDAY"),
        weekdays=tuple((int(found[1]), WEEKDAYS.index(found[2])) for found in weekdays if found),
    )


def _numbers(parts: Mapping[str, Any], name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in parts.get(name, []))


def _until(parts: Mapping[str, Any]) -> date | None:
    until = next(iter(parts.get("UNTIL", [])), None)
    return date(until.year, until.month, until.day) if isinstance(until, date) else None


def _month_day(year: int, month: int, number: int) -> date | None:
    """The day of a month; negative numbers count from its end (RFC 5545 3.3.10)."""
    length = monthrange(year, month)[1]
    day = number if number > 0 else length + 1 + number
    return date(year, month, day) if number and 1 <= day <= length else None


def _nth_weekday(year: int, month: int, nth: int, weekday: int) -> date | None:
    """The nth such weekday of a month, from its end if negative."""
    first, length = monthrange(year, month)
    days = range(1 + (weekday - first) % WEEK, length + 1, WEEK)
    place = nth - 1 if nth > 0 else len(days) + nth
    return date(year, month, days[place]) if 0 <= place < len(days) else None
