"""Timed rules for tests: written as a manager would, published, swept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from automation.models import Rule
from automation.timed import fire_due
from automation.versions import publish

START = datetime(2026, 11, 16, 9, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FLAG = {"effect": "flag_escalated", "level": 2}
TAG = {"effect": "add_tags", "tags": ["late"]}
CLOSE = {"effect": "close_with_cause", "warn_days": 2}


def hours(amount: int = 4, **more: Any) -> dict[str, Any]:
    return {"amount": amount, "unit": "hours", "hours": "any", **more}


def days(amount: int = 7, **more: Any) -> dict[str, Any]:
    return {"amount": amount, "unit": "days", "hours": "any", **more}


def make_rule(trigger: str, args: dict[str, Any], *effects: dict[str, Any], **fields: Any) -> Rule:
    """An enabled rule in force."""
    facts = {"kind": "escalation", "name": f"Rule {Rule.objects.count() + 1}", **fields}
    rule = Rule.objects.create(
        trigger=trigger, trigger_args=args, effects=list(effects or [TAG]), **facts
    )
    publish(rule.kind, actor=None, now=START)
    return rule


def sweep(after: timedelta) -> int:
    """The sweep so long after START."""
    return fire_due(START + after)
