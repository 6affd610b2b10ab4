"""A second opinion on business time: steps through a few days unit by unit, the slow and sure way.

It shares no code with the engine. A moment is open when the latest wall time read so far (a running
maximum, so that a repeated hour belongs to what ran just before) lies in an opening. With a unit of
60 it is exact for hours written in whole minutes, as the zones of today differ from UTC by whole
minutes: no opening begins or ends, and no clock jumps, within a minute. With a unit of 1 it is
exact for all.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate
from zoneinfo import ZoneInfo

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
START_OF_TIME = date(1970, 1, 1)


@cache
def latest_readings(zone: str, first: int, last: int, unit: int) -> list[int]:
    """The latest wall time read by each moment, in units since 1970."""
    highest, walls, place = -(10**12), [], ZoneInfo(zone)
    for instant in range(first - 3 * 86400, last, unit):
        here = datetime.fromtimestamp(instant, place)
        day = here.toordinal() - START_OF_TIME.toordinal()
        wall = day * 86400 + here.hour * 3600 + here.minute * 60 + here.second
        highest = max(highest, wall // unit)
        if instant >= first:
            walls.append(highest)
    return walls


class Oracle:
    def __init__(self, spec: dict, *, first: datetime, last: datetime, unit: int = 60) -> None:
        self.spec, self.unit, self.zone = spec, unit, ZoneInfo(spec["tz"])
        self.first, self.last = int(first.timestamp()), int(last.timestamp())
        assert self.first % 60 == self.last % 60 == 0
        self.per_day = 86400 // unit
        self.walls = latest_readings(spec["tz"], self.first, self.last, unit)
        self._openings: dict[int, bytearray] = {}
        self.open = bytes([self._is_open(wall) for wall in self.walls])
        self.so_far = [0, *accumulate(self.open)]

    # Questions; None = the answer lies beyond the last day looked at

    def is_open(self, moment: datetime) -> bool:
        return bool(self.open[self._index(int(moment.timestamp()))])

    def between(self, start: datetime, end: datetime) -> int:
        return self._until(int(end.timestamp())) - self._until(int(start.timestamp()))

    def add(self, start: datetime, seconds: int) -> datetime | None:
        instant = int(start.timestamp())
        if seconds == 0:
            return datetime.fromtimestamp(instant, UTC)
        while instant < self.last:
            rest = self.unit - instant % self.unit
            if self.open[self._index(instant)]:
                if seconds <= rest:
                    return datetime.fromtimestamp(instant + seconds, UTC)
                seconds -= rest
            instant += rest
        return None

    def next_open(self, moment: datetime) -> datetime | None:
        instant = int(moment.timestamp())
        while instant < self.last:
            if self.open[self._index(instant)]:
                return datetime.fromtimestamp(instant, UTC)
            instant += self.unit - instant % self.unit
        return None

    def add_days(self, start: datetime, days: int) -> datetime | None:
        opens = self.next_open(start)
        if opens is None or days == 0:
            return opens
        here = opens.astimezone(self.zone)
        today = (here.date() - START_OF_TIME).days
        dates = {
            w // self.per_day for w, is_open in zip(self.walls, self.open, strict=True) if is_open
        }
        later = sorted(day for day in dates if day > today)
        if len(later) < days:
            return None
        time = here.hour * 3600 + here.minute * 60 + here.second
        reached = self._first_reading(later[days - 1] * 86400 + time)
        return None if reached is None else self.next_open(reached)

    def day_kind(self, moment: datetime) -> str:
        here = moment.astimezone(self.zone)
        if here.date().isoformat() in self.spec.get("holidays", []):
            return "holiday"
        today, yesterday = (
            self.spec.get("weekly", {}).get(WEEKDAYS[day.weekday()], [])
            for day in (here.date(), here.date() - timedelta(days=1))
        )
        overnight = any(b <= a and b not in ("00:00", "00:00:00") for a, b in yesterday)
        if here.weekday() >= 5 or not (today or overnight):
            return "weekend"
        return "open" if self.is_open(moment) else "closed"

    # Looking

    def _is_open(self, wall: int) -> int:
        day, unit = divmod(wall, self.per_day)
        if day not in self._openings:
            self._openings[day] = self._opening(START_OF_TIME + timedelta(days=day))
        return self._openings[day][unit]

    def _opening(self, day: date) -> bytearray:
        """The units of a local date that are open: break > exception > holiday > week."""
        units = bytearray(self.per_day)
        exceptions, weekly = self.spec.get("exceptions", {}), self.spec.get("weekly", {})
        yesterday = day - timedelta(days=1)
        if day.isoformat() in exceptions:
            self._paint(units, exceptions[day.isoformat()], tails=[])
        elif day.isoformat() not in self.spec.get("holidays", []):
            tails = [
                *weekly.get(WEEKDAYS[yesterday.weekday()], []),
                *exceptions.get(yesterday.isoformat(), []),
            ]
            self._paint(units, weekly.get(WEEKDAYS[day.weekday()], []), tails=tails)
        for begin, finish in self.spec.get("breaks", []):
            if begin[:10] <= day.isoformat() <= finish[:10]:
                for unit in range(self.per_day):
                    clock = str(timedelta(seconds=unit * self.unit)).rjust(8, "0")
                    if self._long(begin) <= f"{day.isoformat()}T{clock}" < self._long(finish):
                        units[unit] = 0
        return units

    def _paint(self, units: bytearray, rows: list, *, tails: list) -> None:
        for a, b in rows:
            end = self._unit(b) if self._unit(b) > self._unit(a) else self.per_day
            for unit in range(self._unit(a), end):
                units[unit] = 1
        for a, b in tails:
            if self._unit(b) <= self._unit(a):
                for unit in range(self._unit(b)):
                    units[unit] = 1

    def _unit(self, text: str) -> int:
        parts = [int(part) for part in text.split(":")] + [0]
        return (parts[0] * 3600 + parts[1] * 60 + parts[2]) // self.unit

    def _long(self, moment: str) -> str:
        return moment if moment.count(":") == 2 else moment + ":00"

    def _index(self, instant: int) -> int:
        return (instant - self.first) // self.unit

    def _until(self, instant: int) -> int:
        index = self._index(instant)
        rest = instant % self.unit
        return self.so_far[index] * self.unit + (rest * self.open[index] if rest else 0)

    def _first_reading(self, wall: int) -> datetime | None:
        sought, rest = divmod(wall, self.unit)
        for index, highest in enumerate(self.walls):
            if highest >= sought:
                instant = self.first + index * self.unit
                # Jumped over: the jump itself; else the second within this minute.
                return datetime.fromtimestamp(instant + (rest if highest == sought else 0), UTC)
        return None
