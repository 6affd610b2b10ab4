"""The versions of the rules for their page: when, who, and what changed in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sla.actions.restoring import rules_with_policies_of
from sla.differences import Names, changes, policy_changes
from sla.drafts import Draft
from sla.models import PolicySetVersion
from sla.previews import effect_of
from sla.versions import spec_in_tables

SHOWN = 20


@dataclass(frozen=True)
class Line:
    """One version beside the one before it."""

    pk: int
    at: datetime
    who: str
    changes: list[str]
    is_in_force: bool
    can_return: bool


@dataclass(frozen=True)
class Page:
    """Some versions, the newest first; `next_before` leads to older ones."""

    lines: list[Line]
    next_before: int | None


@dataclass(frozen=True)
class Restoration:
    """What bringing policies back would change, and move."""

    version: PolicySetVersion
    changes: list[str]
    impact: str


def page(before: int | None) -> Page:
    """Versions older than `before`, each with what it changed."""
    versions = PolicySetVersion.objects.select_related("created_by").order_by("-pk")
    newest = versions.first()
    older = versions.filter(pk__lt=before) if before else versions
    rows: list[Any] = list(older[: SHOWN + 1])
    has_more = len(rows) > SHOWN
    # The last one is compared with nothing when it is the first of all.
    pairs = list(pairwise(rows)) + ([] if has_more or not rows else [(rows[-1], None)])
    lines = _lines(pairs, newest)
    return Page(lines, lines[-1].pk if has_more else None)


def restoration_of(version: PolicySetVersion, *, now: datetime) -> Restoration:
    """Told before it is done."""
    today = spec_in_tables()
    wanted = rules_with_policies_of(version.spec, today)
    draft = Draft(kind="version", name=str(version), rules=wanted)
    return Restoration(
        version=version,
        changes=policy_changes(today, wanted, Names.today()),
        impact=effect_of(draft, now=now).words(),
    )


def _lines(
    pairs: Sequence[tuple[PolicySetVersion, PolicySetVersion | None]],
    newest: PolicySetVersion | None,
) -> list[Line]:
    names = Names.today()
    return [
        Line(
            pk=row.pk,
            at=row.valid_from,
            who=row.created_by.name if row.created_by else "",
            changes=changes(previous.spec if previous else None, row.spec, names),
            is_in_force=row == newest,
            can_return=newest is not None and row.spec["policies"] != newest.spec["policies"],
        )
        for row, previous in pairs
    ]
