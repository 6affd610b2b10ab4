"""The rules of the demo company, and how its departments give tickets out (rules.md 7)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import Department, User
from automation.actions import STEP, last_position, publish_all
from automation.assigning.asking import departments_that_give
from automation.assigning.pool import seat_members
from automation.effects import clean_effects
from automation.models import AgentSeat, AssignmentMethod, RoutingPlan, Rule
from automation.preset_files import PresetRule
from automation.preset_words import Words
from automation.presets_applying import apply_preset
from automation.triggers import clean_trigger
from core.conditions import clean, fields

# Behind the company's own rules, in this order.
PRESETS = (
    "keyword-priorities", "categories", "skill-triage", "escalation", "auto-close", "macros",
)  # fmt: skip
# The ladder's steps a small house does without: its tiers sit in one room.
RESTING = (
    "P2 to the second tier after 4 hours",
    "P3 to the second tier after 12 hours",
    "No staff reply for 4 hours",
    "Customer waits 4 hours after writing",
    "P3 unresolved for 48 hours",
    "P4 unresolved for 3 days",
)


@dataclass(frozen=True)
class Giving:
    """How a department gives its tickets out; who is not named has an ordinary seat."""

    method: str
    is_enabled: bool = True
    backups: tuple[str, ...] = ()
    weights: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)


PLANS = {
    "general": Giving(
        AssignmentMethod.ROUND_ROBIN,
        backups=("Lisa Rodriguez",),
        weights={"Mike Chen": 2},
        limits={"Sarah Johnson": 4},
    ),
    "technical": Giving(AssignmentMethod.SKILL, backups=("Mike Chen",)),
    "billing": Giving(AssignmentMethod.DEDICATED, limits={"Carlos Mendez": 4}),
    "orders": Giving(AssignmentMethod.MANUAL, is_enabled=False),
}


@transaction.atomic
def found_rules(owner: User, *, now: datetime) -> None:
    """Write the rules down once; where there are any, they stay as they are."""
    if Rule.objects.exists():
        return
    for kind, rows in _own_rules().items():
        for row in rows:
            _rule(kind, PresetRule(**row)).save(force_insert=True)
    for slug in PRESETS:
        apply_preset(slug, actor=owner, now=now, is_enabled=True)
    Rule.objects.filter(name__in=RESTING).update(is_enabled=False)
    publish_all((*_own_rules(), "escalation"), actor=owner, now=now)


@transaction.atomic
def found_plans() -> None:
    """Seat everybody, and let departments whose plan nobody has touched give tickets out."""
    for slug, giving in PLANS.items():
        department = Department.objects.get(slug=slug)
        is_new = not RoutingPlan.objects.filter(department=department).exists()
        seat_members(department.pk)
        if is_new:
            _plan(department, giving)
    departments_that_give.forget()


def _plan(department: Department, giving: Giving) -> None:
    RoutingPlan.objects.filter(department=department).update(
        method=giving.method, is_enabled=giving.is_enabled
    )
    seats = AgentSeat.objects.filter(membership__department=department)
    changed = []
    for seat in seats.select_related("membership__user"):
        name = seat.membership.user.name
        if name in giving.backups:
            seat.role = AgentSeat.Role.BACKUP
        seat.weight = giving.weights.get(name, 1)
        seat.push_below = giving.limits.get(name)
        changed.append(seat)
    AgentSeat.objects.bulk_update(changed, ["role", "weight", "push_below"])


def _own_rules() -> dict[str, list[dict[str, Any]]]:
    text = Path(__file__).with_name("rules.json").read_text(encoding="utf-8")
    rules: dict[str, list[dict[str, Any]]] = json.loads(text)
    return rules


def _rule(kind: str, plan: PresetRule) -> Rule:
    words = Words({})
    conditions, effects = words.told(plan.conditions), words.told(list(plan.effects))
    if words.missing:
        raise RuntimeError(f"{plan.name}: {[one.sentence for one in words.missing]}")
    trigger, arguments = clean_trigger(plan.trigger, plan.trigger_args, kind=kind)
    return Rule(
        kind=kind,
        name=plan.name,
        position=last_position(kind) + STEP,
        trigger=trigger,
        trigger_args=arguments,
        conditions=clean(conditions, allowed=dict(fields)),
        effects=clean_effects(effects, kind=kind),
    )
