"""Where the time of a ticket went, and what made each deadline: pure (sla.md 9, N2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from calendars.engine import Calendar
from sla.case import Fact
from sla.ledger import LIVE, PAUSED, RUNNING, ClockState, Entry, Span, fold

US = "us"
NOBODY = "nobody"
CUSTOMER = "customer"
THIRD_PARTY = "third_party"
SOLVED = "solved"
AWAY = "away"
CLOSED = "closed"
STOPPED = "stopped"

# A span that runs through more openings than this stays one row; its seconds are the same.
MAX_OPENINGS = 40
_BY_KIND = {
    "waiting_customer": CUSTOMER,
    "waiting_third_party": THIRD_PARTY,
    "resolved": SOLVED,
    "closed": SOLVED,
}
_LEAVES = ("marked_spam", "deleted", "merged")
_RETURNS = ("unmarked_spam",)
# Kinds of history rows this module reads; the rest need not be loaded.
TOLD_BY = ("opened", "changed", "closed", "reopened", *_LEAVES, *_RETURNS)


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when a ticket waited for whom; `name` is the agent it was given to."""

    start: datetime
    end: datetime
    holder: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """How long somebody held a ticket within working time, or how long nobody worked at all."""

    holder: str
    name: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a clock's account; the seconds of all lines are what has elapsed."""

    start: datetime
    end: datetime
    state: str
    cause: str
    seconds: int
    calendar: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a clock ran under from a moment on; `why` names what brought a change."""

    at: datetime
    kind: str
    target_s: int
    calendar: int
    amount: int
    unit: str
    policy: str
    source: str
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One clock with everything that made its deadline."""

    metric: str
    cycle: int
    state: ClockState
    rows: tuple[Row, ...]
    terms: tuple[Terms, ...]
    held_s: int
    held_by: tuple[str, ...]
    priority: str
    excuse: str = ""

    @property
    def current(self) -> Terms:
        return self.terms[-1]


@dataclass(slots=True)
class _Holding:
    """Who held the ticket while its history is read."""

    kind: str = ""
    name: str = ""
    is_away: bool = False
    since: datetime | None = None
    found: list[Stretch] = field(default_factory=list)

    def holder(self) -> tuple[str, str]:
        if self.is_away:
            return AWAY, ""
        waits_for = _BY_KIND.get(self.kind)
        if waits_for:
            return waits_for, ""
        return (US, self.name) if self.name else (NOBODY, "")

    def close(self, moment: datetime) -> None:
        moment = moment.replace(microsecond=0)
        if self.since is not None and moment > self.since:
            self.found.append(Stretch(self.since, moment, *self.holder()))
        self.since = max(moment, self.since or moment)

    def take(self, fact: Fact) -> None:
        self.is_away = (self.is_away or fact.kind in _LEAVES) and fact.kind not in _RETURNS
        if fact.kind == "opened":
            self.kind = fact.data["status"]["kind"]
            self.name = (fact.data.get("assignee") or {}).get("name", "")
        changes = fact.data.get("changes", {})
        if "status" in changes:
            self.kind = changes["status"]["after"]["kind"]
        if "assignee" in changes:
            self.name = (changes["assignee"]["after"] or {}).get("name", "")


def stretches_of(history: Iterable[Fact], as_of: datetime) -> list[Stretch]:
    """Who held a ticket when; what comes after its end is left out."""
    holding = _Holding()
    for fact in history:
        holding.close(fact.at)
        holding.take(fact)
    holding.close(as_of)
    found = holding.found
    while found and found[-1].holder in (SOLVED, AWAY):
        found.pop()
    return found


def shares_of(stretches: Iterable[Stretch], calendar: Calendar) -> list[Share]:
    """The working time of each holder in the order they first held it, closed hours last."""
    spent: dict[tuple[str, str], int] = {}
    closed = 0
    for row in stretches:
        working = calendar.between(row.start, row.end)
        key = (row.holder, row.name)
        spent[key] = spent.get(key, 0) + working
        closed += _wall_seconds(row.start, row.end) - working
    shares = [Share(holder, name, seconds) for (holder, name), seconds in spent.items()]
    return [share for share in (*shares, Share(CLOSED, "", closed)) if share.seconds]


def account_of(
    key: tuple[str, int],
    entries: Sequence[Entry],
    calendars: Mapping[int, Calendar],
    *,
    history: Iterable[Fact],
    as_of: datetime,
) -> Account:
    """The account of the clock `key` (metric, cycle). Raises BrokenLedger."""
    state = fold(entries, calendars, as_of.replace(microsecond=0))
    held = [(span, _working(span, calendars)) for span in state.spans if span.state == PAUSED]
    voids = [entry.data.get("why", "") for entry in entries if entry.kind == "void"]
    return Account(
        metric=key[0],
        cycle=key[1],
        state=state,
        rows=tuple(rows_of(state, calendars)),
        terms=tuple(_terms(entries)),
        held_s=sum(seconds for _span, seconds in held),
        held_by=tuple(dict.fromkeys(span.cause for span, seconds in held if seconds)),
        priority=priority_at(history, state.ended_at or as_of),
        excuse=voids[-1] if voids else "",
    )


def rows_of(state: ClockState, calendars: Mapping[int, Calendar]) -> list[Row]:
    """The spans of a clock, those that ran parted into open and closed hours."""
    rows = [row for span in _told(state) for row in _split(span, calendars[span.calendar])]
    return _joined(rows)


def _told(state: ClockState) -> Sequence[Span]:
    """The rest after the end of a clock says nothing, unless it went on again."""
    spans = list(state.spans)
    while spans and spans[-1].state not in LIVE:
        spans.pop()
    return spans


def _split(span: Span, calendar: Calendar) -> Iterator[Row]:
    if span.state != RUNNING:
        name = span.state if span.state == PAUSED else STOPPED
        yield Row(span.start, span.end, name, span.cause, span.seconds, span.calendar)
        return
    openings = calendar.openings(span.start, span.end)
    if len(openings) > MAX_OPENINGS:
        yield Row(span.start, span.end, RUNNING, span.cause, span.seconds, span.calendar)
        return
    at = span.start
    for opens, closes in openings:
        if opens > at:
            yield Row(at, opens, CLOSED, "", 0, span.calendar)
        seconds = _wall_seconds(opens, closes)
        yield Row(opens, closes, RUNNING, span.cause, seconds, span.calendar)
        at = closes
    if at < span.end:
        yield Row(at, span.end, CLOSED, "", 0, span.calendar)


def _joined(rows: Iterable[Row]) -> list[Row]:
    """Neighbours that differ in nothing but their times are one line."""
    joined: list[Row] = []
    for row in rows:
        last = joined[-1] if joined else None
        if last is not None and last.end == row.start and _kind(last) == _kind(row):
            joined[-1] = replace(last, end=row.end, seconds=last.seconds + row.seconds)
        else:
            joined.append(row)
    return joined


def _kind(row: Row) -> tuple[str, str, int]:
    return row.state, row.cause, row.calendar


def _working(span: Span, calendars: Mapping[int, Calendar]) -> int:
    return calendars[span.calendar].between(span.start, span.end)


def _terms(entries: Iterable[Entry]) -> Iterator[Terms]:
    """The terms a clock began under, and each change of them."""
    known: dict[str, Any] = {}
    for entry in entries:
        if entry.kind not in ("start", "retarget", "recalendar", "correct"):
            continue
        known = {**known, **entry.data}
        yield Terms(
            at=entry.at,
            kind=entry.kind,
            target_s=known["target_s"],
            calendar=known["calendar"],
            amount=known.get("amount") or 0,
            unit=known.get("unit", ""),
            policy=known.get("policy_name", ""),
            source=known.get("source", ""),
            why=entry.data.get("why", ""),
        )


def priority_at(history: Iterable[Fact], moment: datetime) -> str:
    """The name of the priority a ticket had at that moment."""
    name = ""
    for fact in history:
        # Entries are whole seconds, the history is finer: the second of the entry still counts.
        if fact.at >= moment + timedelta(seconds=1):
            break
        if fact.kind == "opened":
            name = (fact.data.get("priority") or {}).get("name", "")
        change = fact.data.get("changes", {}).get("priority")
        name = (change["after"] or {}).get("name", "") if change else name
    return name


def _wall_seconds(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds())
