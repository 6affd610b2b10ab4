"""The versions of one kind of rules for their page: when, who, and what changed in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from automation.arguments import choices_read_once
from automation.differences import rule_changes
from automation.models import RuleSetVersion
from automation.versions import spec_in_table

SHOWN = 20


@dataclass(frozen=True)
class Line:
    """One version beside the one before it."""

    pk: int
    at: datetime
    who: str
    changes: list[str]
    is_in_force: bool


@dataclass(frozen=True)
class Page:
    """Some versions, the newest first; `next_before` leads to older ones."""

    lines: list[Line]
    next_before: int | None


@choices_read_once()
def page(kind: str, before: int | None) -> Page:
    """Versions older than `before`, each with what it changed."""
    versions = RuleSetVersion.objects.filter(kind=kind).select_related("created_by").order_by("-pk")
    newest = versions.values_list("pk", flat=True).first()
    rows = list((versions.filter(pk__lt=before) if before else versions)[: SHOWN + 1])
    has_more = len(rows) > SHOWN
    # The last one is compared with nothing when it is the first of all.
    pairs: list[tuple[RuleSetVersion, RuleSetVersion | None]] = list(pairwise(rows))
    if rows and not has_more:
        pairs.append((rows[-1], None))
    lines = _lines(pairs, newest)
    return Page(lines, lines[-1].pk if has_more else None)


@choices_read_once()
def changes_back_to(version: RuleSetVersion) -> list[str]:
    """What bringing the version back would change."""
    return rule_changes(spec_in_table(version.kind), version.spec)


def _lines(
    pairs: Sequence[tuple[RuleSetVersion, RuleSetVersion | None]], newest: int | None
) -> list[Line]:
    return [
        Line(
            pk=row.pk,
            at=row.created_at,
            who=row.created_by.display_name if row.created_by else "",
            changes=rule_changes(previous.spec if previous else None, row.spec),
            is_in_force=row.pk == newest,
        )
        for row, previous in pairs
    ]
