"""Ledger entries to rows, and what they fold to into the cache beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from accounts.models import User
from sla.case import Case
from sla.ledger import ClockState, Entry, Scheduled, fold, next_firing
from sla.models import ClockEntry, Coverage, SlaClock
from sla.plan import RESOLVED_KINDS, Planned
from sla.storing import Key, Ledgers, write
from sla.thresholds import BREACH
from sla.versions import stored_calendars
from tickets.actions import Deadline, set_deadline
from tickets.models import Ticket

# Promises of somebody else's making: they do not show on the ticket (sla.md 8).
TICKET_METRICS = ("acknowledge", "first_response", "next_response", "update", "resolution")


def append(
    ticket: Ticket,
    ledgers: Ledgers,
    planned: Iterable[Planned],
    *,
    coverage: Coverage | None = None,
    actor: User | None = None,
) -> dict[Key, SlaClock]:
    """Write `planned` behind the ledgers of a ticket the caller holds; returns changed clocks."""
    added: Ledgers = defaultdict(list)
    for row in planned:
        key = (row.metric, row.cycle)
        entry = ClockEntry(kind=row.kind, at=row.at, data=dict(row.data))
        entry.seq = len(ledgers.get(key, ())) + len(added[key]) + 1
        added[key].append(entry)
    clocks = {key: _folded(ticket, key, ledgers.get(key, []), rows) for key, rows in added.items()}
    actor_id = actor.pk if actor else None
    write(ticket.pk, clocks=clocks, entries=added, coverage=coverage, actor_id=actor_id)
    return clocks


def take_state(clock: SlaClock, state: ClockState) -> SlaClock:
    """Bring the cache of a clock in line with what its ledger folds to."""
    clock.state = state.state
    clock.started_at, clock.ended_at = state.started_at, state.ended_at
    clock.reason = state.reason[:200]
    clock.target_s, clock.elapsed_s = state.target_s, state.elapsed_s
    clock.due_at, clock.risk_at = state.due_at, state.risk_at
    clock.breached_at, clock.voided_at = state.breached_at, state.voided_at
    clock.generation = state.generation
    clock.schedule = [stored(row) for row in state.schedule]
    fired = fired_pairs(clock.fired)
    if state.breached_at is None:
        # Announced by a clock that was set back since: the breach itself is still to be noted.
        fired = {(key, generation) for key, generation in fired if key != BREACH}
    following = next_firing(state, fired)
    clock.next_fire_at = following.at if following else None
    return clock


def folded_state(entries: Iterable[ClockEntry], *, as_of: datetime | None = None) -> ClockState:
    """What rows of a ledger say; without `as_of` at the moment of the last one."""
    rows = [Entry(row.kind, row.at, row.data) for row in entries]
    return fold(rows, stored_calendars, as_of or rows[-1].at)


def stored(row: Scheduled) -> list[Any]:
    """A firing to come, as the clock's cache keeps it."""
    return [row.threshold, row.generation, row.at.isoformat()]


def fired_pairs(fired: Iterable[str]) -> set[tuple[str, int]]:
    """Thresholds that fired, with their generation, from the words the cache keeps."""
    pairs = (text.rpartition(":") for text in fired)
    return {(threshold, int(generation)) for threshold, _colon, generation in pairs}


def fired_breach(state: ClockState, fired: Iterable[str]) -> datetime | None:
    """When the breach was due that a sweep has claimed as it is scheduled now."""
    pairs = fired_pairs(fired)
    breaches = [row for row in state.schedule if row.threshold == BREACH]
    claimed = [row.at for row in breaches if (row.threshold, row.generation) in pairs]
    return max(claimed, default=None)


def show(ticket: Ticket, case: Case, ledgers: Ledgers, changed: Mapping[Key, SlaClock]) -> None:
    """Put the deadline of a ticket the caller holds on its row."""
    known = {key: rows[0].clock for key, rows in ledgers.items()}
    if case.kind in RESOLVED_KINDS:
        # What became of a ticket depends on all its clocks, also on those long over.
        known = {(row.metric, row.cycle): row for row in SlaClock.objects.filter(ticket=ticket)}
    set_deadline(ticket, deadline=deadline_of(case, {**known, **changed}.values()))


def deadline_of(case: Case, clocks: Iterable[SlaClock]) -> Deadline:
    """What the ticket shows: its earliest running deadline, else how its clocks stand."""
    own = [clock for clock in clocks if clock.metric in TICKET_METRICS]
    live = [clock for clock in own if clock.is_live]
    dated = [(clock.due_at, clock.pk, clock) for clock in live if clock.due_at is not None]
    if dated:
        due_at, _pk, first = min(dated)
        return Deadline(
            due_at=due_at,
            risk_at=min(first.risk_at or due_at, due_at),
            metric=first.metric,
            state=Ticket.SlaState.RUNNING,
        )
    if case.excluded:
        return Deadline(state=Ticket.SlaState.EXCLUDED)
    if live:
        return Deadline(state=Ticket.SlaState.PAUSED, metric=live[0].metric)
    if case.cycles and case.kind in RESOLVED_KINDS:
        return Deadline(state=_outcome(own))
    return Deadline()


def _outcome(clocks: Iterable[SlaClock]) -> str:
    failed = any(clock.breached_at and not clock.voided_at for clock in clocks)
    return Ticket.SlaState.FAILED if failed else Ticket.SlaState.MET


def _folded(
    ticket: Ticket, key: Key, entries: list[ClockEntry], added: list[ClockEntry]
) -> SlaClock:
    metric, cycle = key
    if entries:
        clock = entries[0].clock
    else:
        terms = added[0].data
        clock = SlaClock(ticket=ticket, metric=metric, cycle=cycle)
        clock.policy_id, clock.source = terms.get("policy"), terms.get("source", "")
    for row in added:
        if row.kind == "retarget":
            clock.policy_id = row.data.get("policy")
            clock.source = row.data.get("source", "")
    return take_state(clock, folded_state([*entries, *added]))
