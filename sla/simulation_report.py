"""What a what-if found, counted ticket by ticket and kept as plain values (N1)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sla.ledger import LIVE, SATISFIED

KEPT = 500  # flipped tickets that are listed; all of them are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one clock stands: recorded, or as it would have been."""

    state: str
    due_at: datetime | None
    ended_at: datetime | None
    is_late: bool
    is_excused: bool
    target_s: int
    policy: int | None
    source: str

    @property
    def missed(self) -> bool:
        """Late, and nobody excused it."""
        return self.is_late and not self.is_excused

    @property
    def is_judged(self) -> bool:
        """Whether it counts: it ended well, or it is late. What still runs in time does not."""
        return self.missed or self.state == SATISFIED

    def minutes_late(self, as_of: datetime) -> int:
        """By the clock on the wall, so that calendars compare; begun minutes count."""
        if not self.missed or self.due_at is None:
            return 0
        end = as_of if self.state in LIVE else self.ended_at or as_of
        return max(1, -int((self.due_at - end).total_seconds() // 60))

    def to_json(self) -> dict[str, Any]:
        return {
            "due": self.due_at.isoformat() if self.due_at else None,
            "ended": self.ended_at.isoformat() if self.ended_at else None,
            "missed": self.missed,
            "target_s": self.target_s,
            "policy": self.policy,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One clock on both sides; None where it did not exist."""

    ticket: int
    priority: int
    metric: str
    cycle: int
    now: Outcome | None
    then: Outcome | None

    @property
    def is_added(self) -> bool:
        """A breach that the draft would have caused."""
        return _missed(self.then) and not _missed(self.now)

    @property
    def is_removed(self) -> bool:
        """A breach that the draft would have spared."""
        return _missed(self.now) and not _missed(self.then)

    def to_json(self) -> dict[str, Any]:
        return {
            "ticket": self.ticket,
            "priority": self.priority,
            "metric": self.metric,
            "cycle": self.cycle,
            "now": self.now.to_json() if self.now else None,
            "then": self.then.to_json() if self.then else None,
        }


@dataclass(slots=True)
class Side:
    """Clocks of one kind on one side: ended in time, and missed."""

    met: int = 0
    late: int = 0

    def take(self, outcome: Outcome | None) -> None:
        if outcome is None or not outcome.is_judged:
            return
        if outcome.missed:
            self.late += 1
        else:
            self.met += 1


@dataclass(slots=True)
class SimulationReport:
    """The running count; the order in which tickets come decides which flips are listed."""

    tickets: int = 0
    added: int = 0
    removed: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    by_hand: list[int] = field(default_factory=list)
    by_hand_count: int = 0
    flipped: list[Flip] = field(default_factory=list)
    cells: dict[tuple[str, int], tuple[Side, Side]] = field(
        default_factory=lambda: defaultdict(lambda: (Side(), Side()))
    )
    lateness: tuple[Counter[int], Counter[int]] = field(
        default_factory=lambda: (Counter(), Counter())
    )

    def skip(self, reason: str) -> None:
        """A ticket that says nothing about deadlines."""
        self.skipped[reason] += 1

    def note_by_hand(self, ticket: int) -> None:
        """Its record holds what a manager decided, which no rule repeats."""
        self.by_hand_count += 1
        if len(self.by_hand) < KEPT:
            self.by_hand.append(ticket)

    def count(self, flip: Flip, *, as_of: datetime) -> None:
        """Take one clock into account."""
        sides = self.cells[flip.metric, flip.priority]
        for side, minutes, outcome in zip(sides, self.lateness, (flip.now, flip.then), strict=True):
            side.take(outcome)
            if outcome is not None and outcome.missed:
                minutes[outcome.minutes_late(as_of)] += 1
        self.added += flip.is_added
        self.removed += flip.is_removed
        if (flip.is_added or flip.is_removed) and len(self.flipped) < KEPT:
            self.flipped.append(flip)

    def to_json(self) -> dict[str, Any]:
        """What the job keeps."""
        return {
            "tickets": self.tickets,
            "added": self.added,
            "removed": self.removed,
            "skipped": dict(self.skipped),
            "by_hand": {"count": self.by_hand_count, "tickets": self.by_hand},
            "cells": [
                {"metric": metric, "priority": priority, **_sides(*sides)}
                for (metric, priority), sides in sorted(self.cells.items())
                if any(side.met or side.late for side in sides)
            ],
            "late": {
                name: late_minutes(minutes)
                for name, minutes in zip(("now", "then"), self.lateness, strict=True)
            },
            "flipped": [flip.to_json() for flip in self.flipped],
        }


def late_minutes(minutes: Mapping[int, int]) -> dict[str, int]:
    """How late the late ones were: all together, the half, nine of ten."""
    return {
        "sum": sum(minute * count for minute, count in minutes.items()),
        "p50": _percentile(minutes, 50),
        "p90": _percentile(minutes, 90),
    }


def _percentile(minutes: Mapping[int, int], percent: int) -> int:
    """The smallest value that so many percent do not exceed."""
    wanted = -(-sum(minutes.values()) * percent // 100)
    seen = 0
    for minute in sorted(minutes):
        seen += minutes[minute]
        if seen >= wanted:
            return minute
    return 0


def _sides(now: Side, then: Side) -> dict[str, list[int]]:
    return {"now": [now.met, now.late], "then": [then.met, then.late]}


def _missed(outcome: Outcome | None) -> bool:
    return outcome is not None and outcome.missed
