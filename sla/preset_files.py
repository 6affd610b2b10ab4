"""The presets that come with the product: one readable file each (sla.md 11, R90-R93)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sla.rules import METRICS

FOLDER = Path(__file__).parent / "presets"
# The order in which they are offered, which is that of R90 to R93.
SLUGS = ("response-only", "standard", "erp", "p1-p4")
DEFAULT = "standard"
WARN = ("75%",)
LAST_RANK = 4  # priorities beyond it share its promises


@dataclass(frozen=True, kw_only=True)
class Promise:
    """One target; `rank` 1 is the most urgent priority, None stands for any."""

    rank: int | None
    metric: str
    amount: int
    unit: str
    when: str = "any"
    calendar: str = ""


@dataclass(frozen=True, kw_only=True)
class PresetPolicy:
    """A policy of a preset; its conditions name rows by slug."""

    name: str
    conditions: Mapping[str, Any]
    calendar: str
    excluded: str
    promises: tuple[Promise, ...]


@dataclass(frozen=True, kw_only=True)
class PresetQueue:
    """A department's own first-response promise (R72)."""

    department: str
    amount: int
    unit: str
    calendar: str


@dataclass(frozen=True, kw_only=True)
class Preset:
    """A set of policies that fits whatever the priorities are called."""

    slug: str
    name: str
    description: str
    policies: tuple[PresetPolicy, ...]
    queues: tuple[PresetQueue, ...] = ()

    @property
    def calendars(self) -> set[str]:
        """The slugs of the calendars it names."""
        named = {row.calendar for row in self.policies} | {row.calendar for row in self.queues}
        named |= {row.calendar for policy in self.policies for row in policy.promises}
        return named - {""}


@cache
def all_presets() -> dict[str, Preset]:
    """Every preset by its slug, in the order in which they are offered."""
    return {slug: _read(slug) for slug in SLUGS}


def _read(slug: str) -> Preset:
    facts = json.loads((FOLDER / f"{slug}.json").read_text(encoding="utf-8"))
    return Preset(
        slug=slug,
        name=facts["name"],
        description=facts["description"],
        policies=tuple(_policy(row) for row in facts["policies"]),
        queues=tuple(_queue(row) for row in facts.get("queues", ())),
    )


def _policy(row: Mapping[str, Any]) -> PresetPolicy:
    return PresetPolicy(
        name=row["name"],
        conditions=row.get("conditions", {}),
        calendar=row.get("calendar", ""),
        excluded=row.get("excluded", ""),
        promises=tuple(promise for target in row["targets"] for promise in _promises(target)),
    )


def _promises(row: Mapping[str, Any]) -> Iterator[Promise]:
    """A line of the table: a promise for each metric, then those for other times."""
    shared = {"rank": row["rank"], "calendar": row.get("calendar", "")}
    for metric in METRICS:
        if metric in row:
            amount, unit = _duration(row[metric])
            yield Promise(metric=metric, amount=amount, unit=unit, **shared)
    for other in row.get("overrides", ()):
        amount, unit = _duration(other["promise"])
        yield Promise(
            metric=other["metric"], when=other["when"], amount=amount, unit=unit, **shared
        )


def _queue(row: Mapping[str, Any]) -> PresetQueue:
    amount, unit = _duration(row["promise"])
    return PresetQueue(
        department=row["department"], amount=amount, unit=unit, calendar=row.get("calendar", "")
    )


def _duration(text: str) -> tuple[int, str]:
    amount, unit = text.split()
    return int(amount), unit
