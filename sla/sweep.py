"""Thresholds fire exactly once: claimed from the clocks alone, acted on under the ticket's lock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

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

# One statement, and so atomic by itself: it locks, writes down and moves on (sla.md 7). After a
# downtime only the most severe threshold of a clock is announced; a breach always is.
# `schedule` holds arrays of threshold, generation and time.
_CLAIM = """
WITH due AS (
    SELECT id, schedule, fired FROM sla_slaclock WHERE next_fire_at <= %(now)s
    ORDER BY next_fire_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), planned AS (
    SELECT due.id, place, line->>0 AS threshold, (line->>1)::smallint AS generation,
           (line->>2)::timestamptz AS at,
           (line->>0) || ':' || (line->>1) = ANY (due.fired) AS has_fired
    FROM due, jsonb_array_elements(due.schedule) WITH ORDINALITY AS lines(line, place)
), reached AS (
    SELECT *, row_number() OVER (PARTITION BY id ORDER BY at DESC, place DESC) AS severity
    FROM planned WHERE NOT has_fired AND at <= %(now)s
), firings AS (
    INSERT INTO sla_firing (clock_id, threshold, generation, scheduled_for, fired_at, outcome)
    SELECT id, threshold, generation, at, %(now)s,
           CASE WHEN threshold = %(breach)s OR severity = 1 THEN 'claimed' ELSE 'superseded' END
    FROM reached ORDER BY id, at, place
    ON CONFLICT (clock_id, threshold, generation) DO NOTHING
), moved AS (
    SELECT due.id, min(at) FILTER (WHERE at > %(now)s AND NOT has_fired) AS next_fire_at,
           bool_or(threshold = %(breach)s AND at <= %(now)s) AS is_late,
           array_agg(threshold || ':' || generation ORDER BY at, place)
               FILTER (WHERE at <= %(now)s AND NOT has_fired) AS fired
    FROM due LEFT JOIN planned USING (id) GROUP BY due.id
)
UPDATE sla_slaclock AS clock SET
    next_fire_at = moved.next_fire_at,
    breached_at = COALESCE(clock.breached_at, CASE WHEN moved.is_late THEN clock.due_at END),
    fired = clock.fired || COALESCE(moved.fired, '{}')
FROM moved WHERE clock.id = moved.id
"""


def claim(now: datetime) -> int:
    """Make the firings of every threshold reached by `now`; returns how many clocks had some.

    Locks clock rows only and skips those that are held, so that any number of sweeps may run.
    """
    if not _is_any_due(now):
        return 0
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


def _is_any_due(now: datetime) -> bool:
    """One look at the index: most sweeps find nothing, and planning a claim costs more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM sla_slaclock WHERE next_fire_at <= %s LIMIT 1", [now])
        return cursor.fetchone() is not None


def _claim_batch(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"now": now, "limit": CLAIM_BATCH, "breach": BREACH})
        count = cursor.rowcount
    if count:
        pokes.poke(ACT)
    return count


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
