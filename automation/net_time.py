"""How long a ticket has really been worked on: time in which the resolution rests is left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calendars.engine import Calendar
from tickets.models.vocabulary import RESOLVED_KINDS

RESOLUTION = "resolution"


@dataclass(frozen=True)
class Stay:
    """The status from a moment on, as the history keeps it."""

    since: datetime
    status: Mapping[str, Any]

    @property
    def counts(self) -> bool:
        resolved = self.status["kind"] in RESOLVED_KINDS
        return not resolved and RESOLUTION not in self.status.get("pauses", ())


def net_seconds(stays: Iterable[Stay], *, until: datetime, calendar: Calendar) -> int:
    """Open seconds in the stays that count; pure."""
    return sum(calendar.between(start, end) for start, end in _counted(list(stays), until))


def _counted(stays: list[Stay], until: datetime) -> Iterator[tuple[datetime, datetime]]:
    ends = [*(stay.since for stay in stays[1:]), until]
    for stay, end in zip(stays, ends, strict=True):
        if stay.counts:
            yield stay.since, end


def stays_of(
    changes: Iterable[tuple[datetime, Mapping[str, Any]]],
    *,
    since: datetime,
    now_in: Mapping[str, Any],
) -> list[Stay]:
    """Every status since a moment, out of (when, {"before", "after"}) in order; pure.

    `now_in` is the status when the history holds no change.
    """
    rows = list(changes)
    later = [row for row in rows if row[0] > since]
    earlier = [row for row in rows if row[0] <= since]
    if earlier:
        first = earlier[-1][1]["after"]
    elif later:
        first = later[0][1]["before"]
    else:
        first = now_in
    return [Stay(since, first), *(Stay(at, change["after"]) for at, change in later)]
