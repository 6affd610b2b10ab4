"""What one version of the rules says otherwise than another, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from automation.engine import RuleSpec
from automation.sentences import rule_sentence

Spec = Mapping[str, Any]


def rule_changes(before: Spec | None, after: Spec) -> list[str]:
    """A line for each rule that came, went, or changed, and one for a new order."""
    old = _by_id(before)
    new = _by_id(after)
    lines = [line for rule in new.values() for line in _rule(old.get(rule.id), rule)]
    lines += [_("“%(name)s” was removed.") % {"name": old[pk].name} for pk in old if pk not in new]
    if before is not None and _order(old, new) != _order(new, old):
        names = ", ".join(rule.name for rule in new.values())
        lines.append(_("The order is now: %(names)s.") % {"names": names})
    return lines


def _by_id(spec: Spec | None) -> dict[int, RuleSpec]:
    rows = spec["rules"] if spec else ()
    return {row["id"]: RuleSpec.from_spec(row) for row in rows}


def _order(rules: Mapping[int, RuleSpec], others: Mapping[int, RuleSpec]) -> list[int]:
    """The rules both versions have, in the order of the first."""
    return [pk for pk in rules if pk in others]


def _rule(old: RuleSpec | None, new: RuleSpec) -> Iterator[str]:
    words = {"name": new.name}
    if old is None:
        yield _("“%(name)s” was added: %(rule)s") % {**words, "rule": rule_sentence(new)}
        return
    if old.name != new.name:
        yield _("“%(old)s” is now called “%(name)s”.") % {**words, "old": old.name}
    if old.is_enabled != new.is_enabled:
        on, off = _("“%(name)s” was switched on."), _("“%(name)s” was switched off.")
        yield (on if new.is_enabled else off) % words
    before, after = rule_sentence(old), rule_sentence(new)
    if before != after:
        yield _("“%(name)s” was: %(before)s Now: %(after)s") % {
            **words,
            "before": before,
            "after": after,
        }
    elif _rest(old) != _rest(new):
        yield _("“%(name)s” was changed.") % words


def _rest(rule: RuleSpec) -> tuple[Any, ...]:
    """What the sentence does not tell."""
    return (
        rule.conditions,
        rule.effects,
        rule.trigger_args,
        rule.overrides_agents,
        rule.calendar,
        rule.department,
        rule.owner,
    )
