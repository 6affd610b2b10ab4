"""Rules in force in one line, and the moments their stories are told at."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from automation.models import Rule
from automation.versions import publish

NOW = datetime(2025, 2, 4, 10, 0, tzinfo=UTC)

RuleMaker = Callable[..., Rule]


@pytest.fixture
def rule(db) -> RuleMaker:
    """`rule("trigger", {"effect": "note", "text": "Hi"}, trigger="created")`: written and in force.

    Rules run in the order they are made.
    """
    made: list[Rule] = []

    def make(kind: str, *effects: dict[str, Any], **fields: Any) -> Rule:
        fields.setdefault("name", f"Rule {len(made) + 1}")
        row = Rule.objects.create(
            kind=kind, effects=list(effects), position=10 * (len(made) + 1), **fields
        )
        made.append(row)
        publish(kind, actor=None, now=NOW)
        return row

    return make


def words(field: str, *phrases: str, op: str = "contains_any") -> dict[str, Any]:
    """A condition: the text holds any of these phrases."""
    return {"field": field, "op": op, "value": list(phrases)}


def is_(field: str, value: Any) -> dict[str, Any]:
    """A condition: the fact is this value."""
    return {"field": field, "op": "is", "value": value}
