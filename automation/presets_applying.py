"""Taking the rules of a preset over: behind those in use, switched off unless asked otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify

from accounts.actions.departments import save_department
from accounts.actions.skills import save_skill
from accounts.models import Department, Skill
from automation.actions import STEP, last_position
from automation.effects import clean_effects
from automation.models import Rule
from automation.preset_files import Preset, PresetRule, all_presets
from automation.preset_words import Missing, Words
from automation.triggers import clean_trigger
from automation.versions import publish
from core import audit
from core.conditions import clean, fields


@dataclass(frozen=True)
class RulePlan:
    """What a rule of a preset would be here; without a row when it cannot be made."""

    plan: PresetRule
    row: Rule | None
    missing: list[Missing] = field(default_factory=list)
    left_out: list[Missing] = field(default_factory=list)
    is_here: bool = False


def plans_of(preset: Preset) -> list[RulePlan]:
    """Every rule of the preset with what is missing for it; nothing is written."""
    words = Words(dict(preset.departments))
    here = Rule.objects.active().filter(preset=preset.slug)
    names = set(here.values_list("name", flat=True))
    return [_plan(preset, plan, words, is_here=plan.name in names) for plan in preset.rules]


@transaction.atomic
def apply_preset(
    slug: str, *, actor: Any, now: datetime, makes: bool = False, is_enabled: bool = False
) -> list[Rule]:
    """Add the rules of a preset that can be made and are not here yet. Audited.

    `makes` first adds the departments and skills they name. Raises KeyError for an unknown preset.
    """
    preset = all_presets()[slug]
    if makes:
        _make([missing for plan in plans_of(preset) for missing in plan.missing], now=now)
    added = [plan.row for plan in plans_of(preset) if plan.row and not plan.is_here]
    for row in added:
        row.position = last_position(preset.kind) + STEP
        row.is_enabled = is_enabled
        row.save()
    if added:
        after = {"preset": preset.name, "rules": [row.name for row in added]}
        audit.record("rules_preset_applied", added[0], actor=actor, after=after, now=now)
        publish(preset.kind, actor=actor, now=now)
    return added


def _plan(preset: Preset, plan: PresetRule, words: Words, *, is_here: bool) -> RulePlan:
    words.start()
    conditions = words.told(dict(plan.conditions))
    arguments = words.told(dict(plan.trigger_args))
    effects = words.told(list(plan.effects))
    row = None
    if effects and not words.missing:
        trigger, arguments = clean_trigger(plan.trigger, arguments, kind=preset.kind)
        row = Rule(
            kind=preset.kind,
            name=plan.name,
            trigger=trigger,
            trigger_args=arguments,
            conditions=clean(conditions, allowed=dict(fields)),
            effects=clean_effects(effects, kind=preset.kind),
            level=plan.level,
            preset=preset.slug,
        )
    return RulePlan(plan, row, words.missing, words.left_out, is_here)


def _make(missing: Iterable[Missing], *, now: datetime) -> None:
    for one in dict.fromkeys(missing):
        if one.kind == "department":
            _make_department(one)
        elif one.kind == "skill":
            skill = Skill.objects.filter(name__iexact=one.name).first() or Skill(name=one.name)
            skill.archived_at = None
            save_skill(skill, people=list(skill.people.all()) if skill.pk else [], now=now)


def _make_department(missing: Missing) -> None:
    """A new one, or the archived one of this name back in use."""
    slug = slugify(missing.word)
    named = Department.objects.filter(Q(slug=slug) | Q(name__iexact=missing.name))
    department = named.first() or Department(slug=slug, name=missing.name)
    department.archived_at = None
    kept = [row.email for row in department.addresses.all()] if department.pk else []
    save_department(department, addresses=kept)
