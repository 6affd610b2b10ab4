"""What was decided and whom it weighed, as rows of the log."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cached_property
from typing import Any

from accounts.models import Skill
from automation.assigning import words
from automation.assigning.pool import Pool
from automation.choosing import Choice, Verdict, Wish
from automation.models import Assignment, RoutingPlan, WaitingTicket

Outcome = Assignment.Outcome


class Logbook:
    """Rows of one batch, written at its end."""

    def __init__(self, pool: Pool, *, now: datetime) -> None:
        self._pool, self._now = pool, now
        self._rows: list[Assignment] = []

    def given(self, row: WaitingTicket, wish: Wish, choice: Choice) -> None:
        """Before the pool takes the choice: the log tells the loads it was made with."""
        entry = self._entry(row, wish, choice, Outcome.ASSIGNED)
        entry.chosen_id = choice.user
        entry.chosen_name = self._pool.people[choice.user].name if choice.user else ""
        self._rows.append(entry)

    def left(self, row: WaitingTicket, wish: Wish, choice: Choice) -> None:
        entry = self._entry(row, wish, choice, Outcome.WAITING)
        entry.reason = row.reason
        self._rows.append(entry)

    def strike(self, tickets: Collection[int]) -> None:
        """What was decided for these tickets did not happen."""
        self._rows = [row for row in self._rows if row.ticket_id not in tickets]

    def save(self) -> None:
        Assignment.objects.bulk_create(self._rows)

    def reason(self, choice: Choice) -> str:
        """Why nobody could take it."""
        return words.obstacle_words(choice.verdicts, self._pool.people, self._skills)

    @cached_property
    def _skills(self) -> dict[int, str]:
        return dict(Skill.objects.values_list("pk", "name"))

    def _entry(self, row: WaitingTicket, wish: Wish, choice: Choice, outcome: str) -> Assignment:
        return Assignment(
            ticket_id=row.ticket_id,
            department_id=row.department_id,
            method=wish.method,
            at=self._now,
            outcome=outcome,
            candidates=[self._candidate(verdict) for verdict in choice.verdicts],
            run_id=row.run_id,
        )

    def _candidate(self, verdict: Verdict) -> dict[str, Any]:
        person, detail = self._pool.people[verdict.user], verdict.detail
        return {
            "user": person.user,
            "name": person.name,
            "reason": str(verdict.reason),
            "detail": detail
            if isinstance(detail, str)
            else words.skill_names(detail, self._skills),
            "load": person.load,
            "cap": person.cap,
            "push_below": person.push_below,
            "weight": person.weight,
        }


def log_left(rows: Iterable[WaitingTicket], plan: RoutingPlan, *, now: datetime) -> None:
    """Tickets nobody could take for one and the same reason."""
    Assignment.objects.bulk_create(
        _plain(row, row.method or plan.method, Outcome.WAITING, now=now) for row in rows
    )


def log_timeouts(rows: Iterable[WaitingTicket], *, now: datetime) -> None:
    """Tickets that waited longer than their department allows."""
    plans = dict(RoutingPlan.objects.values_list("department_id", "method"))
    Assignment.objects.bulk_create(
        _plain(row, row.method or plans[row.department_id], Outcome.TIMED_OUT, now=now)
        for row in rows
    )


def _plain(row: WaitingTicket, method: str, outcome: str, *, now: datetime) -> Assignment:
    return Assignment(
        ticket_id=row.ticket_id,
        department_id=row.department_id,
        method=method,
        at=now,
        outcome=outcome,
        reason=row.reason,
        run_id=row.run_id,
    )
