"""What runs of rules keep: 180 days, 14 without a match, then a count; redacted words never."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from automation.escalating import MAX_REASON
from automation.models import Escalation, RuleRun
from automation.running import KEPT_TEXT
from tickets.redacting import repeats

KEPT: Final = timedelta(days=180)
KEPT_WITHOUT_MATCH: Final = timedelta(days=14)
BATCH: Final = 5_000
_REASONS: Final = ("reason", "ended_because")

# Counted and deleted by one statement, so that no run is counted twice or lost.
_COUNT_AWAY = """
WITH old AS (
    SELECT id FROM automation_rulerun
    WHERE at < %(before)s AND (%(outcome)s = '' OR outcome = %(outcome)s)
    ORDER BY at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
), effects AS (
    DELETE FROM automation_effectrun WHERE run_id IN (SELECT id FROM old)
), assignments AS (
    UPDATE automation_assignment SET run_id = NULL WHERE run_id IN (SELECT id FROM old)
), waiting AS (
    UPDATE automation_waitingticket SET run_id = NULL WHERE run_id IN (SELECT id FROM old)
), gone AS (
    DELETE FROM automation_rulerun WHERE id IN (SELECT id FROM old)
    RETURNING (at AT TIME ZONE 'UTC')::date AS day, kind, trigger, outcome
), counted AS (
    INSERT INTO automation_runcount (day, kind, trigger, outcome, count)
    SELECT day, kind, trigger, outcome, count(*) FROM gone GROUP BY 1, 2, 3, 4
    ON CONFLICT (day, kind, trigger, outcome)
    DO UPDATE SET count = automation_runcount.count + excluded.count
)
SELECT count(*) FROM gone
"""


def count_away(now: datetime) -> int:
    """Drop what is old enough, batch by batch; returns how many runs went."""
    no_match = _dropped(now - KEPT_WITHOUT_MATCH, RuleRun.Outcome.NO_MATCH)
    return no_match + _dropped(now - KEPT, "")


def forget_texts(tickets: Collection[int], *, passages: Collection[str]) -> None:
    """Blank what runs over these tickets read where it repeats one of the redacted `passages`."""
    runs = RuleRun.objects.select_for_update().filter(ticket__in=tickets).order_by("pk")
    for run in runs.iterator(chunk_size=BATCH):
        told = {name for name, value in run.facts.items() if _repeats(value, passages)}
        if told:
            run.facts = {**run.facts, **dict.fromkeys(told, "")}
            run.save(update_fields=["facts"])


def forget_escalations(tickets: Collection[int], *, passages: Collection[str]) -> None:
    """Blank why escalations of these tickets began or ended where that repeats a passage."""
    rows = Escalation.objects.select_for_update().filter(ticket__in=tickets).order_by("pk")
    for row in rows:
        told = [name for name in _REASONS if _repeats(getattr(row, name), passages, MAX_REASON)]
        if told:
            for name in told:
                setattr(row, name, "")
            row.save(update_fields=told)


def _repeats(value: Any, passages: Collection[str], limit: int = KEPT_TEXT) -> bool:
    return isinstance(value, str) and repeats(value, passages, limit=limit)


def _dropped(before: datetime, outcome: str) -> int:
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            facts: dict[str, Any] = {"before": before, "outcome": str(outcome), "batch": BATCH}
            cursor.execute(_COUNT_AWAY, facts)
            gone = int(cursor.fetchone()[0])
        done += gone
        if gone < BATCH:
            return done
