"""Rules that get in each other's way: never reached, never matching, writing against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from automation.engine import FIRST_MATCH, RuleSet, RuleSpec
from automation.models import RuleKind, RuleRun
from automation.tracing import would_match
from automation.versions import rules_in_force
from core.conditions import Tree
from core.conditions.fields import values_of
from core.conditions.tree import group_of, is_leaf

RUNS: Final = 1000
# Fewer evaluations say nothing about a rule that did not match.
ENOUGH: Final = 100

# Which field of the ticket an effect writes; effects that only add are not in here.
WRITES: Final[Mapping[str, str]] = {
    "set_priority": "priority",
    "raise_priority": "priority",
    "lower_priority": "priority",
    "set_department": "department",
    "set_service": "service",
    "set_status": "status",
    "close": "status",
    "assign_to": "assignee",
    "assign_related": "assignee",
    "assign_by": "assignee",
    "unassign": "assignee",
    "pin_policy": "policy",
    "exclude_sla": "policy",
}

FIELD_LABELS: Final[Mapping[str, Any]] = {
    "priority": _l("Priority"),
    "department": _l("Department"),
    "service": _l("Service"),
    "status": _l("Status"),
    "assignee": _l("Assignee"),
    "policy": _l("SLA policy"),
}


@dataclass(frozen=True)
class Shadow:
    """`rule` is never reached: `by` takes everything it would match."""

    rule: RuleSpec
    by: RuleSpec


@dataclass(frozen=True)
class Dispute:
    """Two rules that write different values to one field; both matched `together` times."""

    first: RuleSpec
    second: RuleSpec
    field: str
    together: int

    @property
    def field_label(self) -> str:
        """The field in words."""
        return str(FIELD_LABELS[self.field])


@dataclass(frozen=True)
class Conflicts:
    """What is odd about the rules in force of one kind; `taken` counts, for a rule that never
    matched, the recent tickets it would have matched and the rule that took most of them.
    """

    kind: str
    shadows: list[Shadow] = field(default_factory=list)
    never: list[RuleSpec] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)
    taken: list[tuple[RuleSpec, RuleSpec, int]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.shadows or self.never or self.disputes or self.taken)


def conflicts_of(kind: str) -> Conflicts:
    """The conflicts among the rules in force, from their words and from the last 1,000 runs.

    Who took the tickets of rules that never matched is left out: `conflicts_in_detail` tells.
    """
    rules = rules_in_force(kind)
    # Macros are chosen one by one: none stands in another's way.
    if rules is None or kind == RuleKind.MACRO:
        return Conflicts(kind)
    enabled = [rule for rule in rules.rules if rule.is_enabled]
    runs = list(_recent(kind).defer("facts", "found"))
    return Conflicts(
        kind,
        shadows=list(shadows(enabled)),
        never=_never_matched(enabled, runs),
        disputes=list(_disputes(enabled, runs)),
    )


def conflicts_in_detail(kind: str) -> Conflicts:
    """The same, with the rules that took recent tickets before others which fitted them too."""
    found, rules = conflicts_of(kind), rules_in_force(kind)
    if rules is None or not found.never or kind not in FIRST_MATCH:
        return found
    return replace(found, taken=list(_taken(found.never, rules)))


def shadows(rules: Sequence[RuleSpec]) -> Iterator[Shadow]:
    """Rules behind one that matches whatever they match and ends the evaluation."""
    for number, rule in enumerate(rules):
        for earlier in rules[:number]:
            is_asked_first = earlier.ends and _listen_alike(earlier, rule)
            if is_asked_first and implies(rule.conditions, earlier.conditions):
                yield Shadow(rule, earlier)
                break


def shadow_words(draft: RuleSpec, rules: Sequence[RuleSpec]) -> Iterator[str]:
    """What a rule about to be saved would take from others, or lose to them."""
    known = [rule.id for rule in rules]
    place = known.index(draft.id) if draft.id in known else len(rules)
    behind = [rule for rule in rules[place + 1 :] if rule.is_enabled]
    before = [rule for rule in rules[:place] if rule.is_enabled]
    lost = [one.by for one in shadows([*before, draft]) if one.rule is draft]
    if lost:
        yield _(
            "“%(name)s” stands before it and takes every ticket it would match: it is never"
            " reached."
        ) % {"name": lost[0].name}
    taken = [one.rule.name for one in shadows([draft, *behind]) if one.by is draft]
    if taken:
        yield _(
            "It takes every ticket of the rules behind it, which are never reached: %(names)s."
        ) % {"names": ", ".join(taken)}


def implies(tree: Tree, other: Tree) -> bool:
    """Whether whatever fits `tree` surely fits `other`; from their shape alone."""
    if not other or tree == other:
        return True
    if not tree:
        return False
    return _by_other(tree, other) or _by_tree(tree, other)


def _by_other(tree: Tree, other: Tree) -> bool:
    """All members of an "all", or one of an "any", follow from `tree`."""
    kind, members = group_of(other) or ("", [])
    if kind == "all":
        return all(implies(tree, member) for member in members)
    if kind == "any":
        return any(implies(tree, member) for member in members)
    if kind == "none" and "none" in tree:
        return all(any(implies(own, mine) for mine in tree["none"]) for own in members)
    return False


def _by_tree(tree: Tree, other: Tree) -> bool:
    """One member of an "all", or each of an "any", is enough for `other`."""
    kind, members = group_of(tree) or ("", [])
    if kind == "all":
        return any(implies(member, other) for member in members)
    if kind == "any":
        return bool(members) and all(implies(member, other) for member in members)
    return is_leaf(tree) and is_leaf(other) and _leaf_implies(tree, other)


def _leaf_implies(leaf: Tree, other: Tree) -> bool:
    if leaf["field"] != other["field"]:
        return False
    mine, theirs = set(map(_word, values_of(leaf))), set(map(_word, values_of(other)))
    match leaf["op"], other["op"]:
        case ("is" | "in", "is" | "in") | ("contains_any", "contains_any"):
            return bool(mine) and mine <= theirs
        case ("contains_all", "contains_all") | ("contains_none", "contains_none"):
            return theirs <= mine
        case ("contains_all", "contains_any"):
            return not mine.isdisjoint(theirs)
    return False


def _word(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _listen_alike(earlier: RuleSpec, rule: RuleSpec) -> bool:
    """Whether the earlier rule is asked whenever this one is."""
    if earlier.trigger != rule.trigger:
        return False
    return not earlier.trigger_args or earlier.trigger_args == rule.trigger_args


def _never_matched(rules: Sequence[RuleSpec], runs: Sequence[RuleRun]) -> list[RuleSpec]:
    asked, matched = Counter(run.trigger for run in runs), Counter(_all_matched(runs))
    total = sum(asked.values())
    return [
        rule
        for rule in rules
        if not matched[rule.id] and (asked[rule.trigger] if rule.trigger else total) >= ENOUGH
    ]


def _all_matched(runs: Sequence[RuleRun]) -> Iterator[int]:
    for run in runs:
        yield from run.matched


def _disputes(rules: Sequence[RuleSpec], runs: Sequence[RuleRun]) -> Iterator[Dispute]:
    """Pairs that may both match one ticket; in a first-match set only those that go on."""
    together = Counter(pair for run in runs for pair in combinations(run.matched, 2))
    for first, second in combinations(rules, 2):
        if first.ends and first.kind in FIRST_MATCH:
            continue
        if not _listen_alike(first, second) or _exclude(first.conditions, second.conditions):
            continue
        ours, theirs = _written(first), _written(second)
        for name in sorted(ours.keys() & theirs.keys()):
            if ours[name] != theirs[name]:
                yield Dispute(first, second, name, together[first.id, second.id])


def _written(rule: RuleSpec) -> dict[str, Any]:
    """The fields the rule writes; of several effects on one field the first counts."""
    written: dict[str, Any] = {}
    for effect in rule.effects:
        if name := WRITES.get(effect.get("effect", "")):
            written.setdefault(name, effect)
    return written


def _exclude(tree: Tree, other: Tree) -> bool:
    """Whether two trees ask one field for different values, so that never both are true."""
    asked = _demanded(tree)
    return any(
        not (asked[name] & values) for name, values in _demanded(other).items() if name in asked
    )


def _demanded(tree: Tree) -> dict[str, set[Any]]:
    """Values a field must have one of, from the conditions that all have to hold."""
    members = tree.get("all", [tree] if tree and is_leaf(tree) else [])
    return {
        leaf["field"]: set(values_of(leaf))
        for leaf in members
        if is_leaf(leaf) and leaf["op"] in {"is", "in"}
    }


def _taken(never: Sequence[RuleSpec], rules: RuleSet) -> Iterator[tuple[RuleSpec, RuleSpec, int]]:
    """Rules whose conditions held for recent tickets, all of which an earlier rule took."""
    runs = [run for run in _recent(never[0].kind) if run.matched]
    same = [run for run in runs if run.version_id == rules.version_id]
    for rule in never:
        takers = Counter(run.matched[-1] for run in same if would_match(rules, rule, run))
        for taker, count in takers.most_common(1):
            if (by := rules.rule(taker)) is not None:
                yield rule, by, count


def _recent(kind: str) -> QuerySet[RuleRun]:
    return RuleRun.objects.filter(kind=kind).order_by("-pk")[:RUNS]
