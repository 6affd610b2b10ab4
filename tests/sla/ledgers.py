"""Short words for ledgers: entries on the wall of the office, and what they fold to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from calendars.engine import ALWAYS, Calendar
from sla.ledger import ClockState, Entry, fold, next_firing
from tests.calendars.cases import HOUR, S4, at

OFFICE, ROUND_THE_CLOCK, CLOSED_THURSDAY = 1, 2, 3
CALENDARS = {
    OFFICE: Calendar.from_spec(S4),
    ROUND_THE_CLOCK: ALWAYS,
    CLOSED_THURSDAY: Calendar.from_spec({**S4, "holidays": [*S4["holidays"], "2025-02-06"]}),
}


def entry(kind: str, when: str, **data: Any) -> Entry:
    return Entry(kind, at(when), data)


def start(when: str, hours: float, **data: Any) -> Entry:
    """The first line: `hours` of the office's calendar, a warning at 75 %."""
    return entry("start", when, **terms(hours, **data))


def retarget(when: str, hours: float, **data: Any) -> Entry:
    return entry("retarget", when, **terms(hours, **data))


def terms(hours: float, **data: Any) -> dict[str, Any]:
    return {
        "target_s": int(hours * HOUR),
        "calendar": OFFICE,
        "thresholds": ["75%"],
        "grace_s": 0,
        **data,
    }


def told(*entries: Entry, by: str = "") -> ClockState:
    """The state at `by`, or at the last entry."""
    return fold(entries, CALENDARS, at(by) if by else entries[-1].at)


def fires(state: ClockState, *fired: tuple[str, int]) -> tuple[str, int, datetime] | None:
    """What fires next after what has fired already."""
    row = next_firing(state, fired)
    return (row.threshold, row.generation, row.at) if row else None
