"""Is round robin fair: shares as they should be and as they were, and why somebody was passed over.

What everybody could expect follows from the log itself: each decision tells who was eligible and
with which weight (R88, N14).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.models.user import house_zone
from automation.assigning.words import verdict_words
from automation.choosing import Reason

HEADINGS: Sequence[Any] = (
    _("Department"),
    _("Week"),
    _("Agent"),
    _("Expected"),
    _("Actual"),
    _("Passed over"),
)

_SHARES = """
WITH weighed AS (
    SELECT a.id, a.department_id, date_trunc('week', a.at AT TIME ZONE %(zone)s)::date AS week,
           (seat->>'user')::bigint AS agent, seat->>'name' AS name, seat->>'reason' AS reason,
           COALESCE((seat->>'weight')::int, 1) AS weight,
           seat->>'reason' IN ('chosen', 'fits') AS is_able
    FROM automation_assignment a, jsonb_array_elements(a.candidates) AS seat
    WHERE a.outcome = 'assigned' AND a.method = 'round_robin'
      AND a.at >= %(start)s AND a.at < %(end)s
      AND (%(department)s::bigint IS NULL OR a.department_id = %(department)s)
), shared AS (
    SELECT *, sum(weight) FILTER (WHERE is_able) OVER (PARTITION BY id) AS whole FROM weighed
)
SELECT department_id, week, agent, max(name), reason, count(*),
       COALESCE(sum(weight::float / whole) FILTER (WHERE is_able), 0)
FROM shared GROUP BY department_id, week, agent, reason
"""


@dataclass(frozen=True, kw_only=True)
class Question:
    """Which decisions are looked at."""

    start: datetime
    end: datetime
    department_id: int | None = None


# Somebody who was to get half a ticket or more should have got one.
LIKELY: Final = 0.5


@dataclass(kw_only=True)
class Line:
    """One agent in one week."""

    name: str
    expected: float = 0.0
    actual: int = 0
    skips: Counter[str] = field(default_factory=Counter)

    @property
    def is_starved(self) -> bool:
        """Got none while tickets were given out: by being passed over, or against the odds."""
        return self.actual == 0 and bool(self.skips or self.expected >= LIKELY)

    @property
    def passed_over(self) -> str:
        """ "12 times is away, 3 times is not on shift"."""
        words = _t("%(count)d × %(reason)s")
        return ", ".join(
            words % {"count": count, "reason": verdict_words({"reason": reason})}
            for reason, count in self.skips.most_common()
        )

    @property
    def expected_words(self) -> str:
        return f"{self.expected:.1f}"


@dataclass(frozen=True, kw_only=True)
class Week:
    """One department in one week."""

    department: str
    begins: date
    lines: list[Line]
    total: int

    @property
    def starved(self) -> list[Line]:
        return [line for line in self.lines if line.is_starved]


def fairness(question: Question) -> list[Week]:
    """Every department and week with decisions, the newest week first; two statements."""
    found: dict[tuple[int, date], dict[int, Line]] = defaultdict(dict)
    for department, week, agent, name, reason, count, expected in _rows(question):
        line = found[department, week].setdefault(agent, Line(name=name))
        line.expected += expected
        if reason == Reason.CHOSEN:
            line.actual += count
        elif reason != Reason.FITS:
            line.skips[reason] += count
    names = dict(Department.objects.values_list("pk", "name"))
    newest = sorted(found, key=lambda key: (-key[1].toordinal(), names.get(key[0], "")))
    return [_week(names.get(key[0], ""), key[1], found[key]) for key in newest]


def csv_rows(weeks: Sequence[Week]) -> Iterator[tuple[Any, ...]]:
    """The report as a table."""
    for week in weeks:
        for line in week.lines:
            yield (
                week.department,
                week.begins.isoformat(),
                line.name,
                line.expected_words,
                line.actual,
                line.passed_over,
            )


def _week(department: str, begins: date, lines: dict[int, Line]) -> Week:
    rows = sorted(lines.values(), key=lambda line: line.name)
    total = sum(line.actual for line in rows)
    return Week(department=department, begins=begins, lines=rows, total=total)


def _rows(question: Question) -> list[tuple[Any, ...]]:
    facts: dict[str, Any] = {
        "zone": str(house_zone()),
        "start": question.start,
        "end": question.end,
        "department": question.department_id,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, facts)
        return list(cursor.fetchall())
