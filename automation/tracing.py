"""A past run told again: every rule that was looked at, with each condition's verdict (N3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from automation.engine import RuleSet, RuleSpec
from automation.models import RuleKind, RuleRun, RuleSetVersion
from automation.triggers import fits
from core.conditions import LeafTrace
from core.conditions.describing import broken

State = Literal["matched", "not_matched", "off", "not_reached", "elsewhere", "done", "broken"]

# Kinds whose runs are about the one rule that a timer or a click named.
_SINGLE = frozenset([RuleKind.TIMED.value, RuleKind.MACRO.value])


@dataclass(frozen=True, kw_only=True)
class RuleTrace:
    """One rule of the run's version and what became of it; `taken_by` is who ended the run.

    States: matched, not_matched, off (not enabled), not_reached (an earlier rule took the ticket),
    elsewhere (waits for something else), done (matched before in the same chain), broken.
    """

    rule: RuleSpec
    number: int
    state: State
    leaves: tuple[LeafTrace, ...] = ()
    taken_by: RuleSpec | None = None


def traced(run: RuleRun) -> list[RuleTrace]:
    """All rules of the version in their order, judged anew on what the run saw."""
    rules = _rules_as_written(run.version_id)
    return list(_traces(rules, run, ran_before=_ran_before(run)))


def traced_with(rules: RuleSet, run: RuleRun) -> list[RuleTrace]:
    """The same for a run that was never stored: a trial."""
    return list(_traces(rules, run, ran_before=set()))


def would_match(rules: RuleSet, rule: RuleSpec, run: RuleRun) -> bool:
    """Whether the conditions hold on what the run saw, had the rule been asked."""
    decision = rules.decide([rule], run.facts, found=run.found)
    return bool(decision.matched)


def _traces(rules: RuleSet, run: RuleRun, *, ran_before: set[int]) -> Iterator[RuleTrace]:
    asked = {rule.id for rule in _asked(rules, run)}
    case = rules.decide([], run.facts, found=run.found).case
    taker: RuleSpec | None = None
    for number, rule in enumerate(rules.rules, start=1):
        state = _state(rule, run, asked=asked, ran_before=ran_before, taker=taker)
        judged = state in {"matched", "not_matched", "broken", "not_reached"}
        leaves = rules.trace(rule, case).leaves if judged and run.facts else ()
        taken_by = taker if state == "not_reached" else None
        yield RuleTrace(rule=rule, number=number, state=state, leaves=leaves, taken_by=taken_by)
        if state == "matched" and rule.ends:
            taker = rule


def _state(
    rule: RuleSpec,
    run: RuleRun,
    *,
    asked: set[int],
    ran_before: set[int],
    taker: RuleSpec | None,
) -> State:
    if rule.id in run.matched:
        return "matched"
    if not rule.is_enabled:
        return "off"
    if rule.id not in asked:
        return "elsewhere"
    if rule.id in ran_before:
        return "done"
    if taker is not None:
        return "not_reached"
    return "broken" if broken(rule.conditions) else "not_matched"


def _asked(rules: RuleSet, run: RuleRun) -> Sequence[RuleSpec]:
    """The rules the run was for, as `automation.running` chose them."""
    if run.kind in _SINGLE and run.matched:
        return [rule for rule in rules.rules if rule.id in run.matched]
    listening = rules.listening(run.trigger)
    return [rule for rule in listening if fits(rule.trigger, rule.trigger_args, run.facts)]


def _ran_before(run: RuleRun) -> set[int]:
    """Rules that matched earlier in the same chain: each runs once for a ticket and root."""
    if not run.round or run.root is None:
        return set()
    earlier = RuleRun.objects.filter(ticket=run.ticket_id, root=run.root, pk__lt=run.pk)
    return {pk for matched in earlier.values_list("matched", flat=True) for pk in matched}


@lru_cache(maxsize=16)
def _rules_as_written(version_id: int) -> RuleSet:
    """A version never changes; what it named may have gone since, and is judged all the same."""
    spec = RuleSetVersion.objects.values_list("spec", flat=True).get(pk=version_id)
    rules = [RuleSpec.from_spec(row) for row in spec["rules"]]
    return RuleSet(rules, version_id=version_id)
