"""The ledger once more, stepping minute by minute through time: slow, plain, and independent."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sla.ledger import Entry

MINUTE = timedelta(minutes=1)
IsOpen = Callable[[int, datetime], bool]


class Stepper:
    """A clock on whole minutes that looks at every minute whether its calendar is open."""

    def __init__(self, is_open: IsOpen) -> None:
        self.is_open = is_open
        self.phase, self.calendar, self.target, self.grace = "", 0, 0, 0
        self.elapsed = 0
        self.deadline: datetime | None = None  # the minute in which the target was used up
        self.breached: datetime | None = None
        self.now: datetime | None = None

    def run(self, entries: Iterable[Entry], until: datetime) -> Stepper:
        for row in entries:
            self.walk_to(row.at)
            self.take(row)
        self.walk_to(until)
        return self

    def walk_to(self, moment: datetime) -> None:
        while self.now is not None and self.now < moment:
            self.step()
        self.now = moment

    def step(self) -> None:
        assert self.now is not None
        if self.phase == "running" and self.is_open(self.calendar, self.now):
            self.elapsed += 60
        self.now += MINUTE
        if self.phase == "running" and self.deadline is None and self.elapsed >= self.target:
            self.deadline = self.now
        is_late = self.deadline is not None and self.now > self.deadline
        if self.phase in ("running", "paused") and is_late:
            self.breached = self.breached or self.deadline

    def take(self, row: Entry) -> None:
        getattr(self, row.kind)(row.data)

    def start(self, data: Any) -> None:
        self.phase, self.calendar, self.target = "running", data["calendar"], data["target_s"]

    def pause(self, _data: Any) -> None:
        self.phase = "paused" if self.phase == "running" else self.phase

    def resume(self, _data: Any) -> None:
        self.phase = "running" if self.phase == "paused" else self.phase

    def satisfy(self, _data: Any) -> None:
        self.phase = "satisfied" if self.phase in ("running", "paused") else self.phase

    def cancel(self, _data: Any) -> None:
        self.phase = "cancelled" if self.phase in ("running", "paused") else self.phase

    def reopen(self, _data: Any) -> None:
        if self.phase in ("running", "paused"):
            return
        self.phase = "running"
        if self.breached is None:
            self.deadline = None
        self._due_now_if_used_up()

    def recalendar(self, data: Any) -> None:
        self.calendar = data["calendar"]

    def retarget(self, data: Any) -> None:
        self.target, self.calendar = data["target_s"], data["calendar"]
        if self.target > self.elapsed:
            self.deadline = None
        elif self.deadline is None:
            self.deadline = self.now

    def _due_now_if_used_up(self) -> None:
        if self.deadline is None and self.elapsed >= self.target:
            self.deadline = self.now
