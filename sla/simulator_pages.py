"""What the simulator found, in sentences with names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from calendars.models import CalendarVersion
from calendars.words import week_text, zone_text
from sla.durations import metric_name, short_target, spent_text
from sla.simulator import OpenSpan, Outlook, Promised, Question
from tickets import vocabulary


@dataclass(frozen=True)
class CountedSpan:
    """A line of the table of counted time."""

    start: datetime
    end: datetime
    counted: str
    total: str


@dataclass(frozen=True)
class Deadline:
    """One promise as the page shows it."""

    metric: str
    name: str
    due_at: datetime | None
    sentence: str
    warnings: tuple[tuple[str, datetime], ...]
    spans: list[CountedSpan]
    left_out: int


@dataclass(frozen=True)
class Answer:
    """The page's answer: a policy, a reason for nothing, or deadlines."""

    policy: str
    excluded: str
    deadlines: list[Deadline]


def answer(outlook: Outlook, question: Question) -> Answer:
    """The outlook in words."""
    versions = CalendarVersion.objects.select_related("calendar").in_bulk(
        {promise.calendar for promise in outlook.promises}
    )
    return Answer(
        policy=outlook.policy.name if outlook.policy else "",
        excluded=outlook.excluded,
        deadlines=[_deadline(promise, question, versions) for promise in outlook.promises],
    )


def _deadline(
    promise: Promised, question: Question, versions: Mapping[int, CalendarVersion]
) -> Deadline:
    return Deadline(
        metric=promise.metric,
        name=metric_name(promise.metric),
        due_at=promise.due_at,
        sentence=_sentence(promise, question, versions[promise.calendar]),
        warnings=promise.warnings,
        spans=[_counted(span) for span in promise.spans],
        left_out=promise.left_out,
    )


def _counted(span: OpenSpan) -> CountedSpan:
    return CountedSpan(span.start, span.end, spent_text(span.seconds), spent_text(span.total))


def _sentence(promise: Promised, question: Question, version: CalendarVersion) -> str:
    terms = promise.terms
    words = {
        "target": short_target(terms["amount"], terms["unit"]),
        "calendar": _calendar(version),
        "source": _source(terms, question),
    }
    return _("%(target)s of %(calendar)s: %(source)s.") % words


def _calendar(version: CalendarVersion) -> str:
    spec = version.spec
    hours = week_text(spec)
    if not spec.get("always"):
        hours = f"{hours}, {zone_text(spec.get('tz', 'UTC'))}"
    return f"{version.calendar.name} ({hours})"


def _source(terms: Mapping[str, Any], question: Question) -> str:
    if terms["source"] == "department":
        row = vocabulary.department_by_id(question.facts["department"])
        return _("target of the department %(name)s") % {"name": row}
    priority = question.facts["priority"]
    name = next((str(row) for row in vocabulary.priorities() if row.pk == priority), "")
    return _("policy %(policy)s, priority %(priority)s") % {
        "policy": terms["policy_name"],
        "priority": name,
    }
