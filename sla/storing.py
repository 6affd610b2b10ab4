"""Clocks, ledger entries and what the planner remembers, read and written in one statement each."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from core.compiled import Compiled
from sla.ledger import LIVE
from sla.models import ClockEntry, Coverage, PolicySetVersion, SlaClock

Key = tuple[str, int]
Ledgers = defaultdict[Key, list[ClockEntry]]

# Every column of a clock that follows from its ledger, with its type in the database.
STATE_COLUMNS = {
    "state": "text",
    "started_at": "timestamptz",
    "ended_at": "timestamptz",
    "reason": "text",
    "policy_id": "bigint",
    "source": "text",
    "target_s": "integer",
    "elapsed_s": "integer",
    "due_at": "timestamptz",
    "risk_at": "timestamptz",
    "breached_at": "timestamptz",
    "voided_at": "timestamptz",
    "generation": "smallint",
    "schedule": "jsonb",
    "next_fire_at": "timestamptz",
}
STATE_FIELDS = tuple(name.removesuffix("_id") for name in STATE_COLUMNS)
_NAMES = ", ".join(STATE_COLUMNS)
_TYPES = ", ".join(f"{name} {kind}" for name, kind in STATE_COLUMNS.items())
_TAKEN = ", ".join(f"{name} = excluded.{name}" for name in STATE_COLUMNS)

# A ticket's clocks change together with its history: one round trip, whatever there is to write.
# `fired` belongs to the sweep and is left alone.
_WRITE = f"""
WITH clocks AS (
    INSERT INTO sla_slaclock (ticket_id, metric, cycle, fired, {_NAMES})
    SELECT %(ticket)s, metric, cycle, '{{}}', {_NAMES}
    FROM jsonb_to_recordset(%(clocks)s::jsonb) AS given(metric text, cycle integer, {_TYPES})
    ON CONFLICT (ticket_id, metric, cycle) DO UPDATE SET {_TAKEN}
    RETURNING id, metric, cycle
), entries AS (
    INSERT INTO sla_clockentry (clock_id, seq, kind, at, data, actor_id)
    SELECT clocks.id, given.seq, given.kind, given.at, given.data, %(actor)s
    FROM jsonb_to_recordset(%(entries)s::jsonb) AS given(
        metric text, cycle integer, seq integer, kind text, at timestamptz, data jsonb
    ) JOIN clocks USING (metric, cycle)
), covered AS (
    UPDATE sla_coverage SET
        rules_id = given.rules_id, last_event_id = given.last_event_id,
        "case" = given."case", facts = given.facts
    FROM jsonb_to_recordset(%(coverage)s::jsonb) AS given(
        rules_id bigint, last_event_id bigint, "case" jsonb, facts jsonb
    ) WHERE ticket_id = %(ticket)s
)
SELECT id, metric, cycle FROM clocks
"""  # noqa: S608 -- the names are constants of this module

_CLOCK_FACTS = {
    "id": "clock_id",
    "metric": "clock__metric",
    "cycle": "clock__cycle",
    "state": "clock__state",
    "policy_id": "clock__policy_id",
    "source": "clock__source",
    "due_at": "clock__due_at",
    "risk_at": "clock__risk_at",
    "breached_at": "clock__breached_at",
    "voided_at": "clock__voided_at",
    "fired": "clock__fired",
}


def load(ticket_id: int) -> tuple[Coverage, Ledgers] | None:
    """What is remembered of a ticket, the newest rules (`newest`), and its live ledgers."""
    for found in _remembered_of(ticket=ticket_id):
        return found, _ledgers(vars(found).pop("live"))
    return None


def _with_ledgers(ticket: int) -> QuerySet[Coverage]:
    newest = PolicySetVersion.objects.order_by("-pk").values("pk")[:1]
    mine = ClockEntry.objects.filter(clock__ticket=OuterRef("pk"), clock__state__in=LIVE)
    facts = JSONObject(
        seq="seq", kind="kind", at="at", data="data", clock=JSONObject(**_CLOCK_FACTS)
    )
    rows = mine.order_by("clock_id", "seq").values(facts=facts)
    found = Coverage.objects.filter(pk=ticket)
    return found.annotate(newest=Subquery(newest), live=ArraySubquery(rows))


_remembered_of: Final = Compiled(_with_ledgers)


def ledgers_of(ticket_id: int, keys: Iterable[Key] = ()) -> Ledgers:
    """The ledgers of these clocks and of all live ones."""
    wanted = Q(clock__state__in=LIVE)
    for metric, cycle in set(keys):
        wanted |= Q(clock__metric=metric, clock__cycle=cycle)
    found: Ledgers = defaultdict(list)
    rows = ClockEntry.objects.filter(wanted, clock__ticket=ticket_id).select_related("clock")
    for row in rows.order_by("clock_id", "seq"):
        found[row.clock.metric, row.clock.cycle].append(row)
    return found


def write(
    ticket_id: int,
    *,
    clocks: Mapping[Key, SlaClock],
    entries: Mapping[Key, list[ClockEntry]],
    coverage: Coverage | None = None,
    actor_id: int | None = None,
) -> None:
    """Store clocks, new entries and the coverage; new clocks get their keys."""
    rows = [{"metric": key[0], "cycle": key[1], **columns(row)} for key, row in clocks.items()]
    lines = [
        {"metric": metric, "cycle": cycle, **_line(entry)}
        for (metric, cycle), added in entries.items()
        for entry in added
    ]
    facts = [_remembered(coverage)] if coverage else []
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            {
                "ticket": ticket_id,
                "actor": actor_id,
                "clocks": _json(rows),
                "entries": _json(lines),
                "coverage": _json(facts),
            },
        )
        for pk, metric, cycle in cursor.fetchall():
            clocks[metric, cycle].pk = pk


def columns(clock: SlaClock) -> dict[str, Any]:
    """The columns of a clock that follow from its ledger."""
    return {name: getattr(clock, name) for name in STATE_COLUMNS}


def _ledgers(rows: Iterable[dict[str, Any]]) -> Ledgers:
    found: Ledgers = defaultdict(list)
    for row in rows:
        facts = row.pop("clock")
        ledger = found[facts["metric"], facts["cycle"]]
        clock = ledger[0].clock if ledger else _clock(facts)
        at = datetime.fromisoformat(row.pop("at"))
        ledger.append(ClockEntry(clock=clock, at=at, **row))
    return found


def _clock(facts: Mapping[str, Any]) -> SlaClock:
    return SlaClock(**{name: _value(name, stored) for name, stored in facts.items()})


def _value(name: str, stored: Any) -> Any:
    return datetime.fromisoformat(stored) if name.endswith("_at") and stored else stored


def _line(entry: ClockEntry) -> dict[str, Any]:
    return {"seq": entry.seq, "kind": entry.kind, "at": entry.at, "data": entry.data}


def _remembered(coverage: Coverage) -> dict[str, Any]:
    names = ("rules_id", "last_event_id", "case", "facts")
    return {name: getattr(coverage, name) for name in names}


def _json(value: Any) -> str:
    return json.dumps(value, default=_text)


def _text(value: Any) -> str:
    """Moments in full: Django's encoder would cut the microseconds."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
