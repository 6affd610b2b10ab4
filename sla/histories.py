"""Stored tickets as histories, a chunk at a time in few statements, for the what-if (N1)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from sla.case import Fact
from sla.models import ClockEntry, Coverage
from sla.plan import FOLLOWED
from sla.recomputing import MANUAL
from sla.simulate import History, Key
from sla.simulation_report import Outcome
from tickets.conditions import ticket_facts
from tickets.models import Ticket

CHUNK = 500
_NEVER = datetime.max.replace(tzinfo=UTC)

_TICKET = ("pk", "priority_id", "is_spam", "merged_into_id", "deleted_at")
_COVERAGE = ("pk", "facts", "admitted_at", "admitted_after")

# One row and one decoding for a ticket: rows of their own would cost half of the whole run.
_EVENTS = """
SELECT ticket_id, json_agg(
    json_build_array(id, kind, at, actor_kind, actor_user_id, message_id, data) ORDER BY id
)::text
FROM tickets_event WHERE ticket_id = ANY(%s) AND kind = ANY(%s) GROUP BY ticket_id
"""
_CLOCKS = """
SELECT ticket_id, json_agg(json_build_array(
    metric, cycle, state, due_at, ended_at, breached_at, voided_at, target_s, policy_id, source
))::text
FROM sla_slaclock WHERE ticket_id = ANY(%s) GROUP BY ticket_id
"""


@dataclass(frozen=True, slots=True)
class _Chunk:
    """What some tickets are made of, by ticket."""

    events: dict[int, list[Fact]]
    coverages: dict[int, tuple[dict[str, Any], datetime, int]]
    clocks: dict[int, dict[Key, Outcome]]
    by_hand: set[int]
    facts: dict[int, dict[str, Any]]


def tickets_since(days: int, *, now: datetime) -> QuerySet[Ticket]:
    """The tickets a what-if looks at: opened within the last `days`."""
    return Ticket.objects.filter(created_at__gte=now - timedelta(days=days)).order_by()


def chunks(tickets: QuerySet[Ticket], *, as_of: datetime) -> Iterator[list[History]]:
    """All of them, the newest first, each chunk read in a transaction that can write nothing."""
    last: int | None = None
    while True:
        with transaction.atomic():
            _forbid_writing()
            left = tickets if last is None else tickets.filter(pk__lt=last)
            rows = list(left.order_by("-pk").values_list(*_TICKET)[:CHUNK])
            if not rows:
                return
            histories = _histories(rows, as_of=as_of)
        yield histories
        last = rows[-1][0]


def histories_of(tickets: QuerySet[Ticket], *, as_of: datetime) -> list[History]:
    """A few tickets, in one go."""
    return _histories(list(tickets.order_by("pk").values_list(*_TICKET)), as_of=as_of)


def _forbid_writing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


def _histories(rows: list[tuple[Any, ...]], *, as_of: datetime) -> list[History]:
    chunk = _chunk([row[0] for row in rows], as_of=as_of)
    return [_history(row, chunk) for row in rows]


def _history(row: tuple[Any, ...], chunk: _Chunk) -> History:
    pk, priority, is_spam, merged_into, deleted_at = row
    events = chunk.events.get(pk, [])
    gone = "gone" if is_spam or merged_into or deleted_at else ""
    covered = chunk.coverages.get(pk)
    if covered is None:
        # Older than its clocks: today's facts, and admitted as soon as it was opened.
        facts: dict[str, Any] = {"0": chunk.facts.get(pk, {})}
        at, after = (events[0].at, events[0].id) if events else (_NEVER, 0)
    else:
        facts, at, after = covered
    return History(
        ticket=pk,
        priority=priority,
        facts=facts["0"],
        later_facts=facts,
        events=events,
        admitted_at=at,
        admitted_after=after,
        recorded=chunk.clocks.get(pk, {}),
        gone=gone,
        is_by_hand=pk in chunk.by_hand,
    )


def _chunk(ids: list[int], *, as_of: datetime) -> _Chunk:
    coverages = {
        pk: (facts, at, after)
        for pk, facts, at, after in Coverage.objects.filter(pk__in=ids).values_list(*_COVERAGE)
    }
    events = _by_ticket(_EVENTS, [ids, sorted(FOLLOWED)])
    clocks = _by_ticket(_CLOCKS, [ids])
    by_hand = ClockEntry.objects.filter(clock__ticket__in=ids, kind__in=MANUAL).order_by()
    return _Chunk(
        events={pk: [_fact(*row) for row in rows] for pk, rows in events.items()},
        coverages=coverages,
        clocks={
            pk: {(row[0], row[1]): _recorded(*row[2:], as_of=as_of) for row in rows}
            for pk, rows in clocks.items()
        },
        by_hand=set(by_hand.values_list("clock__ticket", flat=True)),
        facts=_facts_today([pk for pk in ids if pk not in coverages]),
    )


def _by_ticket(statement: str, arguments: list[Any]) -> dict[int, list[list[Any]]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)
        return {pk: json.loads(rows) for pk, rows in cursor.fetchall()}


def _facts_today(ids: list[int]) -> dict[int, dict[str, Any]]:
    if not ids:
        return {}
    tickets = Ticket.objects.filter(pk__in=ids).select_related("customer__organisation")
    return {
        ticket.pk: ticket_facts(ticket)
        for ticket in tickets.prefetch_related("tags", "custom_values")
    }


def _fact(pk: int, kind: str, at: str, actor_kind: str, actor: int | None, *rest: Any) -> Fact:
    message, stored = rest
    return Fact(
        id=pk,
        kind=kind,
        at=datetime.fromisoformat(at),
        actor_kind=actor_kind,
        actor_id=actor,
        message_id=message,
        data=stored,
    )


def _recorded(state: str, *columns: Any, as_of: datetime) -> Outcome:
    *moments, target_s, policy, source = columns
    due_at, ended_at, breached_at, voided_at = map(_moment, moments)
    # The sweep may not have written yet what the deadline says by itself.
    is_past = ended_at is None and due_at is not None and due_at < as_of
    return Outcome(
        state=state,
        due_at=due_at,
        ended_at=ended_at,
        is_late=breached_at is not None or is_past,
        is_excused=voided_at is not None,
        target_s=target_s,
        policy=policy,
        source=source,
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
