"""Thresholds fire exactly once: claimed from the clocks alone, acted on under the ticket's lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic
from typing import Any

from django.db import connection, transaction

from core import pokes
from core.events import emit
from sla.events import ClockBreached, ClockWarned
from sla.ledger import RUNNING, ClockState
from sla.models import ClockEntry, Firing, SlaClock
from sla.saving import folded_state
from sla.thresholds import BREACH
from tickets.models import Ticket

CLAIM_BATCH = 500
ACT_BATCH = 200
BUDGET_SECONDS = 10.0
ACT = "sla.act"

# Ends in FROM so that one statement moves a whole batch (performance.md: row by row is 15 x).
_MOVE_ON = """
UPDATE sla_slaclock AS clock SET
    next_fire_at = moved.next_fire_at,
    breached_at = COALESCE(clock.breached_at, moved.breached_at),
    fired = clock.fired || string_to_array(moved.fired, ',')
FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::text[])
    AS moved(id, next_fire_at, breached_at, fired)
WHERE clock.id = moved.id
"""


@dataclass(frozen=True)
class Due:
    """A clock at the claim: what it owes by now, and what comes after."""

    pk: int
    reached: list[tuple[str, int, datetime]]
    following: datetime | None
    breached_at: datetime | None


def claim(now: datetime) -> int:
    """Make the firings of every threshold reached by `now`; returns how many clocks had some.

    Locks clock rows only and skips those that are held, so that any number of sweeps may run.
    """
    done, end = 0, monotonic() + BUDGET_SECONDS
    while monotonic() < end:
        count = _claim_batch(now)
        done += count
        if count < CLAIM_BATCH:
            break
    return done


def act(now: datetime) -> int:
    """Announce the claimed firings that still hold; returns how many were settled."""
    done, after, end = 0, 0, monotonic() + BUDGET_SECONDS
    while monotonic() < end:
        settled, after, is_last = _act_batch(now, after)
        done += settled
        if is_last:
            break
    return done


@transaction.atomic
def _claim_batch(now: datetime) -> int:
    rows = (
        SlaClock.objects.filter(next_fire_at__lte=now)
        .order_by("next_fire_at")
        .select_for_update(skip_locked=True)
        .values_list("pk", "schedule", "fired", "due_at")[:CLAIM_BATCH]
    )
    found = [_due(*row, now=now) for row in rows]
    if not found:
        return 0
    Firing.objects.bulk_create(
        [firing for row in found for firing in _firings(row, now)], ignore_conflicts=True
    )
    _move_on(found)
    pokes.poke(ACT)
    return len(found)


def _due(
    pk: int, schedule: list[list[Any]], fired: list[str], due_at: datetime | None, *, now: datetime
) -> Due:
    rows = [(key, generation, datetime.fromisoformat(text)) for key, generation, text in schedule]
    left = [row for row in rows if f"{row[0]}:{row[1]}" not in fired]
    is_late = any(key == BREACH and at <= now for key, _generation, at in rows)
    return Due(
        pk=pk,
        reached=sorted((row for row in left if row[2] <= now), key=lambda row: row[2]),
        following=min((at for _key, _generation, at in left if at > now), default=None),
        breached_at=due_at if is_late else None,
    )


def _firings(due: Due, now: datetime) -> list[Firing]:
    """After a downtime only the most severe of a clock is announced; a breach always is."""
    last = due.reached[-1:]
    return [
        Firing(
            clock_id=due.pk,
            threshold=threshold,
            generation=generation,
            scheduled_for=at,
            fired_at=now,
            outcome=Firing.Outcome.CLAIMED
            if threshold == BREACH or (threshold, generation, at) in last
            else Firing.Outcome.SUPERSEDED,
        )
        for threshold, generation, at in due.reached
    ]


def _move_on(found: Iterable[Due]) -> None:
    rows = list(found)
    fired = [
        ",".join(f"{key}:{generation}" for key, generation, _at in row.reached) for row in rows
    ]
    columns: list[Any] = [
        [row.pk for row in rows],
        [row.following for row in rows],
        [row.breached_at for row in rows],
        fired,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_MOVE_ON, columns)


# -- acting -----------------------------------------------------------------------------


@dataclass
class Batch:
    """Firings of locked tickets with what their ledgers say now."""

    now: datetime
    announced: list[int] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)
    changed: list[SlaClock] = field(default_factory=list)

    def settle(self, firing: Firing, state: ClockState) -> None:
        """Announce what holds; a clock that was answered in time meanwhile had no breach."""
        clock = firing.clock
        if clock.breached_at != state.breached_at:
            clock.breached_at = state.breached_at
            self.changed.append(clock)
        if not holds(firing, state):
            self.superseded.append(firing.pk)
            return
        kind = ClockBreached if firing.threshold == BREACH else ClockWarned
        emit(kind(ticket=clock.ticket, clock=clock, firing=firing, now=self.now))
        self.announced.append(firing.pk)

    def save(self) -> None:
        """One statement an outcome."""
        if self.changed:
            SlaClock.objects.bulk_update(self.changed, ["breached_at"])
        for outcome, ids in (
            (Firing.Outcome.ANNOUNCED, self.announced),
            (Firing.Outcome.SUPERSEDED, self.superseded),
        ):
            if ids:
                Firing.objects.filter(pk__in=ids).update(outcome=outcome, settled_at=self.now)


def holds(firing: Firing, state: ClockState) -> bool:
    """A breach is a fact of the ledger; a warning needs a clock that still runs towards it."""
    if state.voided_at is not None:
        return False
    if firing.threshold == BREACH:
        return state.breached_at is not None
    row = (firing.threshold, firing.generation)
    return state.state == RUNNING and row in {(s.threshold, s.generation) for s in state.schedule}


@transaction.atomic
def _act_batch(now: datetime, after: int) -> tuple[int, int, bool]:
    """Settle one batch; returns how many, the last id looked at, and whether it was the last."""
    waiting = Firing.objects.filter(outcome=Firing.Outcome.CLAIMED, pk__gt=after).order_by("pk")
    seen = list(waiting.values_list("pk", "clock__ticket_id")[:ACT_BATCH])
    if not seen:
        return 0, after, True
    # Tickets before firings, as everywhere; who holds one is asked again by the next sweep.
    held = Ticket.objects.filter(pk__in={ticket for _pk, ticket in seen}).order_by("pk")
    tickets = {row.pk: row for row in held.select_for_update(of=("self",), skip_locked=True)}
    firings = list(
        Firing.objects.filter(pk__in=[pk for pk, ticket in seen if ticket in tickets])
        .filter(outcome=Firing.Outcome.CLAIMED)
        .select_related("clock")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
    )
    batch = Batch(now)
    states = _states(firings, now)
    for firing in firings:
        firing.clock.ticket = tickets[firing.clock.ticket_id]
        batch.settle(firing, states[firing.clock_id])
    batch.save()
    return len(firings), seen[-1][0], len(seen) < ACT_BATCH


def _states(firings: Iterable[Firing], now: datetime) -> dict[int, ClockState]:
    """By clock, not earlier than the claim: a clock that was set back undoes no firing."""
    as_of: dict[int, datetime] = {}
    for firing in firings:
        as_of[firing.clock_id] = max(as_of.get(firing.clock_id, now), firing.fired_at)
    ledgers: dict[int, list[ClockEntry]] = defaultdict(list)
    for row in ClockEntry.objects.filter(clock__in=as_of).order_by("clock_id", "seq"):
        ledgers[row.clock_id].append(row)
    return {pk: folded_state(entries, as_of=as_of[pk]) for pk, entries in ledgers.items()}
