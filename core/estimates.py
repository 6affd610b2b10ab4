"""How many rows a question is expected to have, without asking it."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import QuerySet


def rows_expected(rows: QuerySet[Any, Any]) -> int:
    """What the planner of PostgreSQL expects from its statistics: a guess, and a cheap one."""
    told = rows.explain(format="json")
    if not told:  # Django itself sees that there can be none
        return 0
    (plan,) = json.loads(told)
    return int(plan["Plan"]["Plan Rows"])
