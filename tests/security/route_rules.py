"""Addresses of rules: pages of managers, and what rules did to a ticket for its department."""

from __future__ import annotations

from typing import Any

from tests.security.route_rows import (
    DEPARTMENT,
    DONE_BY_MANAGERS,
    MANAGERS,
    Fields,
    Route,
    named,
    table,
)

_PAGES = ("position", "archive", "restore", "use", "copy")
_TABLES = {
    "assignment_rules": ("routing", ""),
    "classification_rules": ("classify", ""),
    "automations": ("trigger", "created"),
    "timed_rules": ("timed", "unanswered_for"),
    "escalations": ("escalation", "created"),
    "macros": ("macro", ""),
}


def pages_of_rules() -> dict[str, Route]:
    """Lists and forms of every kind; versions, presets, conflicts, the log."""
    version, run = ("rules.version.kind", "rules.version.pk"), ("rules.run.pk",)
    return {
        **_tables(),
        "rule_conflicts": Route(get=MANAGERS),
        "rule_presets": Route(get=MANAGERS),
        "rule_preset": Route(post=DONE_BY_MANAGERS, at=("rules.preset",)),
        "rule_versions": Route(get=MANAGERS, at=version[:1]),
        "rule_restoration": Route(get=MANAGERS, post=DONE_BY_MANAGERS, at=version),
        "rule_runs": Route(get=MANAGERS),
        "rule_run": Route(get=MANAGERS, at=run),
        "rules_test": Route(get=MANAGERS),
        "rules_test_mail": Route(
            post=MANAGERS, data=named(**{"mail-rules": "in_force", "mail-text": "Hello"})
        ),
        "rules_test_ticket": Route(post=MANAGERS, data=_tested_ticket),
        "rules_test_past": Route(
            post=DONE_BY_MANAGERS, data=named(**{"past-rules": "in_force", "past-tickets": "1"})
        ),
        "rules_test_run": Route(get=MANAGERS, at=("rules.dry_run.pk",)),
        "desk:ticket_rules": Route(get=DEPARTMENT, at=("ticket.number",)),
    }


def _tested_ticket(stage: Any) -> dict[str, str]:
    return {"ticket-rules": "in_force", "ticket-number": str(stage.ticket.number)}


def _tables() -> dict[str, Route]:
    found: dict[str, Route] = {}
    for name, (kind, trigger) in _TABLES.items():
        found |= table(name, f"rules.{kind}", _typed(trigger), *_PAGES)
        # Rules are kept for ever: the log leads to them.
        del found[f"{name}_removal"]
    return found


def _typed(trigger: str) -> Fields:
    fields: dict[str, Any] = {
        "conditions-match": "all",
        "effects-0-effect": "add_tags",
        "effects-0-tags": "seen",
        "level": "2",
        "when": trigger,
        "when-amount": "4",
        "when-unit": "days",
        "when-hours": "any",
    }
    return named(**fields)
