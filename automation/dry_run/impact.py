"""What a changed rule would have done to the last hundred tickets, asked before it is saved."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import Model
from django.utils.translation import ngettext

from automation.dry_run.drafts import OPENING_KINDS, RulesDraft
from automation.dry_run.openings import World, newest_tickets, openings
from automation.dry_run.past import outcome_now, play_opening
from automation.models import Rule
from automation.versions import rule_spec

LOOKED_AT: Final = 100


def preview_rule(row: Model, changes: dict[str, tuple[Any, Any]]) -> str:
    """How many of the last tickets would go elsewhere; empty when none would."""
    if not isinstance(row, Rule) or row.kind not in OPENING_KINDS or not changes:
        return ""
    moved = _moved(RulesDraft.in_force(), RulesDraft.with_rule(row.kind, rule_spec(row)))
    if not moved:
        return ""
    return ngettext(
        "%(count)d of the last %(all)d tickets would have gone elsewhere.",
        "%(count)d of the last %(all)d tickets would have gone elsewhere.",
        moved,
    ) % {"count": moved, "all": LOOKED_AT}


def _moved(now: RulesDraft, then: RulesDraft) -> int:
    """Tickets whose department, priority or service differs between the two."""
    world, ids = World.read(), newest_tickets(LOOKED_AT)
    sides = []
    for draft in (now, then):
        sets = draft.rule_sets()
        # Each side plays its own copies: a play takes the values on.
        opened = [one for chunk in openings(ids, world=world) for one in chunk]
        sides.append([outcome_now(play_opening(one, sets)) for one in opened])
    return sum(before != after for before, after in zip(*sides, strict=True))
