"""What a ticket that does not exist would be promised, and how the time is counted; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sla.ledger import Entry, fold
from sla.rules import METRICS, Calendars, Policy, Rules, Situation
from sla.thresholds import BREACH

MOST_SPANS = 60


@dataclass(frozen=True, kw_only=True)
class Question:
    """A ticket opened at `at` with these facts; `policy` is one chosen by hand."""

    at: datetime
    facts: Mapping[str, Any]
    policy: int | None = None


@dataclass(frozen=True, slots=True)
class OpenSpan:
    """A stretch of open time that counts, and what has run when it ends."""

    start: datetime
    end: datetime
    seconds: int
    total: int


@dataclass(frozen=True, kw_only=True)
class Promised:
    """One deadline: its terms, its warnings, and the open time up to it.

    `due_at` is None where the calendar opens too rarely for the promise.
    """

    metric: str
    terms: Mapping[str, Any]
    due_at: datetime | None
    warnings: tuple[tuple[str, datetime], ...]
    spans: tuple[OpenSpan, ...]
    left_out: int

    @property
    def calendar(self) -> int:
        """The version of the calendar it counts in."""
        return int(self.terms["calendar"])


@dataclass(frozen=True, kw_only=True)
class Outlook:
    """The policy that fits and what it promises; `excluded` says why there is nothing."""

    policy: Policy | None
    excluded: str
    promises: tuple[Promised, ...]


def foretell(question: Question, rules: Rules, calendars: Calendars) -> Outlook:
    """The deadlines of a ticket nobody wrote, under `rules`.

    Clocks that start later, with an answer or an escalation, are shown as if they started now.
    """
    facts = question.facts
    policy = rules.policy(question.policy) or rules.select(facts, day=question.at.date())
    by_service = rules.excluded_services.get(facts.get("service") or 0, "")
    excluded = (policy.excluded if policy else "") or by_service
    metrics = () if excluded else METRICS
    found = [_promised(metric, question, policy, rules, calendars) for metric in metrics]
    return Outlook(
        policy=policy, excluded=excluded, promises=tuple(row for row in found if row is not None)
    )


def _promised(
    metric: str, question: Question, policy: Policy | None, rules: Rules, calendars: Calendars
) -> Promised | None:
    at = question.at.replace(microsecond=0)
    situation = Situation(
        metric=metric,
        priority=question.facts["priority"],
        department=question.facts["department"],
        started_at=at,
    )
    terms = rules.terms(policy, situation, calendars)
    if terms is None:
        return None
    # The fold of a ledger with one line: the same code that times living tickets.
    state = fold([Entry("start", at, terms)], calendars, at)
    due = state.due_at
    spans = _spans(at, due or at, terms["calendar"], calendars)
    warnings = [(row.threshold, row.at) for row in state.schedule if row.threshold != BREACH]
    return Promised(
        metric=metric,
        terms=terms,
        due_at=due,
        warnings=tuple(sorted(warnings, key=lambda row: row[1])),
        spans=tuple(spans[:MOST_SPANS]),
        left_out=max(0, len(spans) - MOST_SPANS),
    )


def _spans(start: datetime, end: datetime, version: int, calendars: Calendars) -> list[OpenSpan]:
    total, found = 0, []
    for begin, close in calendars[version].openings(start, end):
        seconds = (close - begin) // timedelta(seconds=1)
        total += seconds
        found.append(OpenSpan(begin, close, seconds, total))
    return found
