"""The clock as a pure fold over its ledger: no clock and no database is read here (sla.md 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from calendars.engine import Calendar, NeverOpen
from sla.thresholds import BREACH, Threshold, parse_thresholds

SECOND = timedelta(seconds=1)

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
# Where a calendar holds too little open time: no deadline, but the ticket must exist (NeverOpen).
_NEVER = datetime(9999, 1, 1, tzinfo=UTC)

RUNNING = "running"
PAUSED = "paused"
SATISFIED = "satisfied"
CANCELLED = "cancelled"
LIVE = (RUNNING, PAUSED)


class BrokenLedger(ValueError):
    """Entries that no clock can have: none at all, or one that does not begin with a start."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a ledger; `data` carries terms, reasons and calendar versions."""

    kind: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scheduled:
    """When a threshold fires; `generation` rises each time a change moves it into the future."""

    threshold: str
    generation: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one state under one calendar version; `seconds` are the business seconds run."""

    start: datetime
    end: datetime
    state: str
    calendar: int
    seconds: int
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockState:
    """What a ledger says at one moment. `due_at` is None while paused and not yet reached."""

    state: str
    started_at: datetime
    target_s: int
    elapsed_s: int
    calendar: int
    due_at: datetime | None
    breached_at: datetime | None
    voided_at: datetime | None
    ended_at: datetime | None
    reason: str
    generation: int
    schedule: tuple[Scheduled, ...]
    spans: tuple[Span, ...]

    @property
    def is_breached(self) -> bool:
        """Late, and not excused by a manager."""
        return self.breached_at is not None and self.voided_at is None

    @property
    def risk_at(self) -> datetime | None:
        """When the first warning is due; None without one before the deadline."""
        warnings = [row.at for row in self.schedule if row.threshold != BREACH]
        early = [at for at in warnings if self.due_at is None or at <= self.due_at]
        return min(early, default=None)


def fold(
    entries: Iterable[Entry], calendars: Mapping[int, Calendar], as_of: datetime
) -> ClockState:
    """The state after `entries` at `as_of`; `calendars` maps version ids to calendars.

    Equality with the deadline is met; a breach is sticky until it is voided or corrected.
    Raises BrokenLedger when the entries do not begin with a start.
    """
    return _folded(list(entries), calendars).state(as_of)


def next_firing(state: ClockState, fired: Collection[tuple[str, int]]) -> Scheduled | None:
    """The earliest threshold not yet fired; None when nothing is left or the clock rests."""
    left = [row for row in state.schedule if (row.threshold, row.generation) not in fired]
    return min(left, key=lambda row: row.at, default=None)


def _folded(rows: list[Entry], calendars: Mapping[int, Calendar]) -> _Fold:
    """With a correction: the past is folded anew as if the calendar had changed back then."""
    places = [place for place, row in enumerate(rows) if row.kind == "correct"]
    if not places:
        return _Fold(calendars).run(rows)
    place = places[-1]
    before = _folded(rows[:place], calendars)
    before.advance(rows[place].at)
    after = _Fold(calendars).run(_rewritten(rows[: place + 1]))
    after.advance(rows[place].at)
    after.inherit(before)
    return after.run(rows[place + 1 :])


def _rewritten(rows: Iterable[Entry]) -> list[Entry]:
    """The entries with every correction put where it takes effect, the older ones first."""
    past: list[Entry] = []
    for row in rows:
        past = _as_corrected(past, row) if row.kind == "correct" else [*past, row]
    return past


def _as_corrected(rows: list[Entry], correction: Entry) -> list[Entry]:
    since = datetime.fromisoformat(correction.data["effective_at"])
    change = Entry("recalendar", since, {"calendar": correction.data["calendar"]})
    replaced = set(correction.data.get("replaces", ()))
    kept = [row for row in rows if row.at <= since or row.kind == "start"]
    later = [_on_calendar(row, change.data, replaced) for row in rows if row not in kept]
    return [*kept, change, *later]


def _on_calendar(row: Entry, change: Mapping[str, Any], replaced: set[int]) -> Entry:
    """An entry after the correction: it must not bring a replaced version back."""
    if row.data.get("calendar") not in replaced:
        return row
    return Entry(row.kind, row.at, {**row.data, **change})


class _Fold:
    """The running total of a ledger."""

    def __init__(self, calendars: Mapping[int, Calendar]) -> None:
        self.calendars = calendars
        self.phase = ""
        self.started = self.since = self.changed = _BEFORE_ALL
        self.elapsed = 0
        self.due: datetime | None = None
        self.is_reached = False
        self.breached: datetime | None = None
        self.voided: datetime | None = None
        self.ended: datetime | None = None
        self.reason = ""
        self.cause = ""
        self.ended_in = "", "", ""
        self.reached: dict[str, datetime] = {}
        self.generations: dict[str, int] = {}
        self.owed: list[Scheduled] = []
        self.spans: list[Span] = []

    def run(self, entries: Iterable[Entry]) -> _Fold:
        for entry in entries:
            if not self.phase:
                self._start(entry)
                continue
            self.advance(entry.at)
            _STEPS[entry.kind](self, entry)
        if not self.phase:
            raise BrokenLedger("a ledger begins with a start")
        return self

    # -- time passes ------------------------------------------------------------------

    def advance(self, moment: datetime) -> None:
        """Let time pass up to `moment`; never backwards."""
        moment = max(moment, self.since)
        seconds = 0
        if self.phase == RUNNING:
            seconds = self._run_until(moment)
        if moment > self.since:
            self._close_span(moment, seconds)
        if self.phase in LIVE and self.is_reached and self.due and moment > self.due:
            self.breached = self.breached or self.due
        self.since = moment

    def _run_until(self, moment: datetime) -> int:
        seconds = self.calendar.between(self.since, moment)
        for threshold in self.thresholds:
            self._reach(threshold, moment, seconds)
        if not self.is_reached and self.elapsed + seconds >= self.target:
            self.due, self.is_reached = self._due(), True
        self.elapsed += seconds
        return seconds

    def _reach(self, threshold: Threshold, moment: datetime, seconds: int) -> None:
        if threshold.key in self.reached:
            return
        if not threshold.is_real and threshold.seconds(self.target) > self.elapsed + seconds:
            return
        at = self._fires_at(threshold)
        if at <= moment:
            self.reached[threshold.key] = at

    def _close_span(self, moment: datetime, seconds: int) -> None:
        span = Span(self.since, moment, self.phase, self.calendar_id, seconds, self.cause)
        self.spans.append(span)

    def _due(self) -> datetime:
        """The deadline of the running span."""
        if self.due is not None and self.is_reached:
            return self.due
        return self._after(self.since, self.target - self.elapsed)

    def _after(self, start: datetime, seconds: int) -> datetime:
        try:
            return self.calendar.add(start, max(0, seconds))
        except NeverOpen:
            return _NEVER

    def _fires_at(self, threshold: Threshold) -> datetime:
        """Computed forward from the span, never back from the deadline (sla.md 6)."""
        if threshold.key in self.reached:
            return self.reached[threshold.key]
        if threshold.is_real:
            return max(self._beside_deadline(threshold), self.changed)
        return self._after(self.since, threshold.seconds(self.target) - self.elapsed)

    def _beside_deadline(self, threshold: Threshold) -> datetime:
        due = self._due()
        return due if due == _NEVER else due + timedelta(seconds=threshold.offset_s)

    # -- entries ----------------------------------------------------------------------

    def _start(self, entry: Entry) -> None:
        if entry.kind != "start":
            raise BrokenLedger(f"a ledger begins with a start, not with {entry.kind}")
        self.started = self.since = self.changed = entry.at
        self.phase = RUNNING
        self.cause = "start"
        self._take_terms(entry.data)

    def _take_terms(self, data: Mapping[str, Any]) -> None:
        if "target_s" in data:
            self.target: int = data["target_s"]
            self.thresholds = parse_thresholds(tuple(data.get("thresholds", ())))
            self.grace: int = data.get("grace_s", 0)
        if "calendar" in data:
            self.calendar_id: int = data["calendar"]
            self.calendar = self.calendars[self.calendar_id]

    def _pause(self, entry: Entry) -> None:
        """Again while paused, it changes nothing but the reason."""
        if self.phase == RUNNING:
            self.due = self.due if self.is_reached else None
        if self.phase in LIVE:
            self._enter(PAUSED, entry)

    def _resume(self, entry: Entry) -> None:
        if self.phase == PAUSED:
            self._enter(RUNNING, entry)

    def _satisfy(self, entry: Entry) -> None:
        if self.phase in LIVE:
            self._end(SATISFIED, entry)

    def _cancel(self, entry: Entry) -> None:
        if self.phase in LIVE:
            self._end(CANCELLED, entry)

    def _end(self, phase: str, entry: Entry) -> None:
        if self.phase == RUNNING:
            self.due = self._due()
        self.ended_in = self.phase, self.reason, self.cause
        self._enter(phase, entry)
        self.ended = entry.at

    def _reopen(self, entry: Entry) -> None:
        """Go on; what lies between end and reopening counts only when a reply was withdrawn."""
        if self.phase in LIVE:
            return
        counts_from = entry.data.get("counts_from")
        self._enter(RUNNING, entry)
        if counts_from is not None:
            self.since = datetime.fromisoformat(counts_from)
            self.spans = [span for span in self.spans if span.end <= self.since]
            self.phase, self.reason, self.cause = self.ended_in
        self.changed = self.since
        self.ended = None
        if self.breached is None:
            self.due, self.is_reached = None, False
        self.advance(entry.at)

    def _retarget(self, entry: Entry) -> None:
        """New terms, elapsed carried over: a deadline already passed is due now, never earlier."""
        self._take_terms(entry.data)
        self.changed = entry.at
        if self.target > self.elapsed:
            if self.is_reached:
                self._rearm(BREACH)
            self.due, self.is_reached = None, False
        elif not self.is_reached:
            self.due, self.is_reached = self._after(entry.at, self.grace), True
        for threshold in self.thresholds:
            at = self.reached.pop(threshold.key, None)
            if at is None or self._is_still_reached(threshold, entry.at):
                self.reached |= {threshold.key: at} if at else {}
            else:
                self._rearm(threshold.key)

    def _is_still_reached(self, threshold: Threshold, moment: datetime) -> bool:
        if threshold.is_real and self.phase == RUNNING:
            return self._beside_deadline(threshold) <= moment
        return threshold.seconds(self.target) <= self.elapsed

    def _rearm(self, key: str) -> None:
        generation = self.generations.get(key, 0)
        if key == BREACH and self.breached and self.due:
            self.owed.append(Scheduled(BREACH, generation, self.due + SECOND))
        self.generations[key] = generation + 1

    def _recalendar(self, entry: Entry) -> None:
        self._take_terms(entry.data)

    def _void(self, entry: Entry) -> None:
        self.voided = entry.at
        self.reason = entry.data.get("why", "")

    def _enter(self, phase: str, entry: Entry) -> None:
        self.phase = phase
        self.reason = entry.data.get("reason", "")
        self.cause = entry.data.get("reason", "") or entry.kind

    def inherit(self, before: _Fold) -> None:
        """After a correction: what had fired and lies in the future again fires once more."""
        self.generations = dict(before.generations)
        for threshold in before.thresholds:
            if threshold.key in before.reached and threshold.key not in self.reached:
                self._rearm(threshold.key)
        if before.breached and not self.breached:
            self.generations[BREACH] = self.generations.get(BREACH, 0) + 1

    # -- the answer -------------------------------------------------------------------

    def state(self, as_of: datetime) -> ClockState:
        self.advance(as_of)
        if self.phase == RUNNING:
            self.due = self._due()
        return ClockState(
            state=self.phase,
            started_at=self.started,
            target_s=self.target,
            elapsed_s=self.elapsed,
            calendar=self.calendar_id,
            due_at=self.due if self.due != _NEVER else None,
            breached_at=self.breached,
            voided_at=self.voided,
            ended_at=self.ended,
            reason=self.reason,
            generation=max(self.generations.values(), default=0),
            schedule=tuple(row for row in self._schedule() if row.at < _NEVER),
            spans=tuple(self.spans),
        )

    def _schedule(self) -> list[Scheduled]:
        if self.voided is not None or self.phase == CANCELLED:
            return []
        rows = list(self.owed)
        if self.due and (self.phase == RUNNING or (self.is_reached and self._owes_breach())):
            rows.append(self._scheduled(BREACH, self.due + SECOND))
        if self.phase == RUNNING:
            rows += [self._scheduled(row.key, self._fires_at(row)) for row in self.thresholds]
        return rows

    def _owes_breach(self) -> bool:
        return self.phase == PAUSED or self.breached is not None

    def _scheduled(self, key: str, at: datetime) -> Scheduled:
        return Scheduled(key, self.generations.get(key, 0), at)


_STEPS = {
    "pause": _Fold._pause,
    "resume": _Fold._resume,
    "satisfy": _Fold._satisfy,
    "cancel": _Fold._cancel,
    "reopen": _Fold._reopen,
    "retarget": _Fold._retarget,
    "recalendar": _Fold._recalendar,
    "void": _Fold._void,
}
