"""Which runs of the log are asked for, as a query string says it; nonsense asks for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from automation.models import Assignment, RuleKind, RuleRun
from core.conditions import is_id


@dataclass(frozen=True)
class RunFilters:
    """What narrows the log; empty fields narrow nothing."""

    kind: str = ""
    outcome: str = ""
    rule: str = ""
    agent: str = ""
    ticket: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> RunFilters:
        """The filters of a query string."""
        kind, outcome = asked.get("kind", ""), asked.get("outcome", "")
        return cls(
            kind=kind if kind in RuleKind.values else "",
            outcome=outcome if outcome in RuleRun.Outcome.values else "",
            rule=_number(asked.get("rule", "")),
            agent=_number(asked.get("agent", "")),
            ticket=_number(asked.get("ticket", "").lstrip("#")),
        )


def filtered(filters: RunFilters) -> QuerySet[RuleRun]:
    """The runs that are asked for."""
    runs = RuleRun.objects.all()
    if filters.kind:
        runs = runs.filter(kind=filters.kind)
    if filters.outcome:
        runs = runs.filter(outcome=filters.outcome)
    if filters.rule:
        runs = runs.filter(matched__contains=[int(filters.rule)])
    if filters.ticket:
        runs = runs.filter(ticket__number=int(filters.ticket))
    if filters.agent:
        given = Assignment.objects.filter(chosen=int(filters.agent))
        runs = runs.filter(pk__in=given.exclude(run=None).values("run"))
    return runs


def _number(text: str) -> str:
    text = text.strip()
    return text if text.isascii() and text.isdecimal() and is_id(int(text[:20])) else ""
