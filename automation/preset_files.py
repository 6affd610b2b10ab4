"""The rules that come with the product: one readable file for each preset (rules.md 7, 8, 10, 11).

They name rows by words: `{"ref": "department:billing"}`. What is marked `if_possible` is left out
where its words mean nothing; any other such word leaves out its rule.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "presets"
# The order in which they are offered.
SLUGS = (
    "keyword-priorities", "categories", "decision-tree", "rules-engine", "simple", "skill-triage",
    "escalation", "auto-close", "macros",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class PresetRule:
    """One rule in words; see `automation.models.Rule`."""

    name: str
    trigger: str = ""
    trigger_args: Mapping[str, Any] = field(default_factory=dict)
    conditions: Mapping[str, Any] = field(default_factory=dict)
    effects: tuple[Mapping[str, Any], ...] = ()
    level: int = 0


@dataclass(frozen=True, kw_only=True)
class Preset:
    """Rules of one kind; `departments` are the names of those it can make."""

    slug: str
    name: str
    description: str
    kind: str
    rules: tuple[PresetRule, ...]
    departments: Mapping[str, str]


@cache
def all_presets() -> dict[str, Preset]:
    """Every preset by its slug, in the order in which they are offered."""
    return {slug: _read(slug) for slug in SLUGS}


def _read(slug: str) -> Preset:
    facts = json.loads((FOLDER / f"{slug}.json").read_text(encoding="utf-8"))
    rules = (PresetRule(**{**row, "effects": tuple(row["effects"])}) for row in facts["rules"])
    return Preset(
        slug=slug,
        name=facts["name"],
        description=facts["description"],
        kind=facts["kind"],
        rules=tuple(rules),
        departments=facts.get("departments", {}),
    )
