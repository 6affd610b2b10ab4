"""Rules as people say them: "When a ticket is created and Subject contains any of ...: do this"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from automation import triggers
from automation.effects import registry, tell_effect
from automation.engine import RuleSpec
from automation.models import Rule, RuleKind
from automation.versions import rule_spec
from core.conditions import broken, describe

_MOMENTS: Final = {
    RuleKind.CLASSIFY.value: _("When a ticket comes in"),
    RuleKind.ROUTING.value: _("When a ticket comes in"),
    RuleKind.MACRO.value: _("When an agent chooses it"),
}


def spec_of(rule: Rule) -> RuleSpec:
    """A row of the table as the engine reads it."""
    return RuleSpec.from_spec(rule_spec(rule))


def rule_sentence(rule: RuleSpec) -> str:
    """The whole rule in one sentence."""
    words = {
        "when": moment_words(rule),
        "conditions": describe(rule.conditions) if rule.conditions else "",
        "effects": _effects(rule),
    }
    if not rule.conditions:
        sentence = _t("%(when)s: %(effects)s.") % words
    else:
        sentence = _t("%(when)s and %(conditions)s: %(effects)s.") % words
    return " ".join([sentence, *_afterwards(rule)])


def effect_words(rule: RuleSpec) -> str:
    """What it does, alone: "Add the tags spam, close it."."""
    return f"{capfirst(_effects(rule))}."


def moment_words(rule: RuleSpec) -> str:
    """When the rule is asked: "When a ticket is created"."""
    if rule.kind in _MOMENTS:
        return str(_MOMENTS[RuleKind(rule.kind).value])
    if rule.trigger not in triggers.registry:
        return _t("Never (“%(name)s” is not known any more)") % {"name": rule.trigger}
    return triggers.registry[rule.trigger].tell(rule.trigger_args)


def broken_words(rule: RuleSpec) -> list[str]:
    """What the rule names that is gone, one sentence each; such a rule does not work."""
    return [*broken(rule.conditions), *_broken_effects(rule), *_broken_trigger(rule)]


def _effects(rule: RuleSpec) -> str:
    return ", ".join(map(tell_effect, rule.effects)) or _t("do nothing")


def _afterwards(rule: RuleSpec) -> Iterator[str]:
    if rule.kind == RuleKind.ROUTING and rule.goes_on:
        yield _t("Then the next rules are tried, too.")
    if rule.kind != RuleKind.ROUTING and rule.stops:
        yield _t("Then no further rule is tried.")
    if rule.level:
        yield _t("Level %(number)d.") % {"number": rule.level}


def _broken_effects(rule: RuleSpec) -> Iterator[str]:
    for effect in rule.effects:
        spec = dict(registry).get(effect.get("effect", ""))
        if spec is None:
            yield _t("The effect “%(name)s” is not known any more.") % {"name": effect["effect"]}
            continue
        for argument in spec.arguments:
            value = effect.get(argument.name)
            if argument.choices is None or value in (None, "", []):
                continue
            offered = {key for key, _label in argument.offered()}
            if not set(value if isinstance(value, list) else [value]) <= offered:
                words = {"effect": spec.label, "argument": argument.label}
                yield _t("%(effect)s: %(argument)s names something that is gone.") % words


def _broken_trigger(rule: RuleSpec) -> Iterator[str]:
    if rule.kind not in _MOMENTS and rule.trigger not in triggers.registry:
        yield _t("What the rule waits for is not known any more.")
