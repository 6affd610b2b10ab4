"""Business time beside businesstimedelta and pandas on one calendar, taking turns in one run.

    uv pip install -r requirements/bench.txt
    python -m bench.sla_engine

Monday to Friday 9 to 18 in New York with the seven holidays of 2025. No database is needed.
businesstimedelta walks day by day to the next holiday, so its time depends on where one starts: the
goals are judged from 6 January, 20 weeks before a holiday; "near" starts on 20 May, six days before.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as wall_time
from typing import Any
from zoneinfo import ZoneInfo

from calendars.compiling import stretches
from calendars.engine import Calendar
from calendars.spec import parse

ZONE = "America/New_York"
HOLIDAYS = ["01-01", "05-26", "07-04", "09-01", "11-27", "11-28", "12-25"]
SPEC = {
    "tz": ZONE,
    "weekly": {day: [["09:00", "18:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": [f"2025-{day}" for day in HOLIDAYS],
}
START = datetime(2025, 1, 6, 10, tzinfo=ZoneInfo(ZONE))  # a Monday
NEAR = datetime(2025, 5, 20, 10, tzinfo=ZoneInfo(ZONE))
HOURS = (1, 24, 45, 400, 2000)
ROUNDS, ROUND_SECONDS = 30, 0.004
GOALS = {1: 100, 24: 300, 45: 400}  # add beside businesstimedelta: sla.md 12
FLAT_GOAL, COMPILE_GOAL_MS = 2.0, 5.0
COMPILED_YEARS = 3

Side = Callable[[], Any]


def paired(sides: dict[str, Side]) -> dict[str, float]:
    """Microseconds of one call, the quickest of many short rounds in which the sides take turns:
    what else the machine does meanwhile slows some rounds, and the quickest of no side."""
    repeats = {name: _repeats(side) for name, side in sides.items()}
    rounds: dict[str, list[float]] = {name: [] for name in sides}
    for _round in range(ROUNDS):
        for name, side in sides.items():
            rounds[name].append(_microseconds(side, repeats[name]))
    return {name: min(times) for name, times in rounds.items()}


def _repeats(side: Side) -> int:
    """Enough calls for a round to be long beside the clock's grain."""
    side()
    return max(1, int(ROUND_SECONDS * 1e6 / max(_microseconds(side, 3), 0.1)))


def _microseconds(side: Side, repeats: int) -> float:
    began = time.perf_counter()
    for _ in range(repeats):
        side()
    return (time.perf_counter() - began) / repeats * 1e6


def business_rules() -> Any:
    """The same calendar for businesstimedelta."""
    import businesstimedelta as theirs
    import pytz

    zone = pytz.timezone(ZONE)
    week = theirs.WorkDayRule(
        start_time=wall_time(9), end_time=wall_time(18), working_days=[0, 1, 2, 3, 4], tz=zone
    )
    days = {date.fromisoformat(day) for day in SPEC["holidays"]}
    return theirs.Rules([week, theirs.HolidayRule(days, tz=zone)])


def adding(calendar: Calendar, rules: Any, *, hours: int, start: datetime) -> dict[str, Side]:
    """The deadline after so many working hours, three ways that must agree."""
    import businesstimedelta as theirs
    import pandas as pd

    seconds, delta = hours * 3600, theirs.BusinessTimeDelta(rules, hours=hours)
    offset = pd.offsets.CustomBusinessHour(
        n=hours, start="09:00", end="18:00", holidays=SPEC["holidays"]
    )
    stamp = pd.Timestamp(start)
    stored = start.astimezone(UTC)  # as a database hands it out
    due = calendar.add(stored, seconds)
    assert due == stored + delta == (stamp + offset).to_pydatetime(), hours
    return {
        "ours": lambda: calendar.add(stored, seconds),
        "businesstimedelta": lambda: stored + delta,
        "pandas": lambda: stamp + offset,
    }


def lasting(calendar: Calendar, rules: Any, hours: int) -> dict[str, Side]:
    """The working time up to that deadline, two ways that must agree; pandas has no such question."""
    start = START.astimezone(UTC)
    due = calendar.add(start, hours * 3600)
    theirs = rules.difference(start, due)
    assert calendar.between(start, due) == theirs.timedelta / timedelta(seconds=1) == hours * 3600
    return {
        "ours": lambda: calendar.between(start, due),
        "businesstimedelta": lambda: rules.difference(start, due),
    }


def compiling() -> float:
    """Milliseconds to compile one calendar year."""
    hours = parse(SPEC)
    first = (datetime(2025, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
    last = first + COMPILED_YEARS * 365
    times = paired({"compile": lambda: stretches(hours, first=first, last=last)})
    return times["compile"] / 1000 / COMPILED_YEARS


def main() -> int:
    """Print one table; 1 when a goal of sla.md 12 is missed."""
    try:
        rules = business_rules()
        import pandas as pd  # noqa: F401  # asked for here to say early what is missing
    except ImportError as missing:
        print(f"{missing}: uv pip install -r requirements/bench.txt", file=sys.stderr)
        return 2
    calendar = Calendar.from_spec(SPEC)
    print(f"{'microseconds':<16}{'ours':>9}{'businesstimedelta':>19}{'x':>8}{'pandas':>11}{'x':>8}")
    adds = {}
    for hours in HOURS:
        adds[hours] = paired(adding(calendar, rules, hours=hours, start=START))
        _print_row(f"add {hours} h", adds[hours])
    for hours in GOALS:
        _print_row(f"add {hours} h, near", paired(adding(calendar, rules, hours=hours, start=NEAR)))
    for hours in HOURS:
        _print_row(f"between {hours} h", paired(lasting(calendar, rules, hours)))
    return 0 if _goals_hold(adds, compiling()) else 1


def _print_row(label: str, times: dict[str, float]) -> None:
    ours = times["ours"]
    line = f"{label:<16}{ours:>9.2f}"
    for name, width in (("businesstimedelta", 19), ("pandas", 11)):
        if name in times:
            line += f"{times[name]:>{width}.1f}{times[name] / ours:>8.0f}"
    print(line)


def _goals_hold(adds: dict[int, dict[str, float]], compile_ms: float) -> bool:
    flat = adds[HOURS[-1]]["ours"] / adds[HOURS[0]]["ours"]
    lines = [("add 2000 h beside add 1 h", flat, FLAT_GOAL, flat <= FLAT_GOAL)]
    lines.append(("compile, ms a year", compile_ms, COMPILE_GOAL_MS, compile_ms < COMPILE_GOAL_MS))
    for hours, goal in GOALS.items():
        ratio = adds[hours]["businesstimedelta"] / adds[hours]["ours"]
        lines.append((f"add {hours} h, times faster", ratio, goal, ratio >= goal))
    for what, value, goal, holds in lines:
        print(f"{what:<28}{value:>9.2f}  goal {goal:<6} {'holds' if holds else 'MISSED'}")
    return all(holds for *_facts, holds in lines)


if __name__ == "__main__":
    sys.exit(main())
