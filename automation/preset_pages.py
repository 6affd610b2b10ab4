"""The presets of rules for their page: what each rule would be here, and what is missing for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from automation.arguments import choices_read_once
from automation.models import RuleKind
from automation.preset_files import Preset, all_presets
from automation.preset_words import Missing, left_out_words
from automation.presets_applying import RulePlan, plans_of
from automation.sentences import rule_sentence, spec_of


@dataclass(frozen=True)
class OfferedRule:
    """One rule of a preset; without a sentence it cannot be made here."""

    name: str
    sentence: str
    missing: list[str]
    left_out: list[str]
    is_here: bool


@dataclass(frozen=True)
class Offer:
    """One preset; `makes` are names of departments and skills that it would add when asked."""

    preset: Preset
    kind: str
    rules: list[OfferedRule]
    makes: list[str]
    count: int

    @property
    def is_taken(self) -> bool:
        return all(rule.is_here for rule in self.rules)

    @property
    def can_be_taken(self) -> bool:
        return self.count > 0 or bool(self.makes)


@choices_read_once()
def offers() -> list[Offer]:
    """Every preset as it would turn out in this installation."""
    return [_offer(preset) for preset in all_presets().values()]


def _offer(preset: Preset) -> Offer:
    plans = plans_of(preset)
    return Offer(
        preset=preset,
        kind=str(RuleKind(preset.kind).label),
        rules=list(map(_rule, plans)),
        makes=_names(missing for plan in plans if not plan.is_here for missing in plan.missing),
        count=sum(plan.row is not None and not plan.is_here for plan in plans),
    )


def _rule(plan: RulePlan) -> OfferedRule:
    return OfferedRule(
        name=plan.plan.name,
        sentence=rule_sentence(spec_of(plan.row)) if plan.row else "",
        missing=[one.sentence for one in plan.missing],
        left_out=left_out_words(plan.left_out),
        is_here=plan.is_here,
    )


def _names(missing: Iterable[Missing]) -> list[str]:
    return list(dict.fromkeys(one.name for one in missing if one.can_be_made))
