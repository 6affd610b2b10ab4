"""Whether facts fit a tree, and how each condition came out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from core.conditions.fields import FieldSpec, fields
from core.conditions.operators import ALLOWED, answer, is_empty, moment_of
from core.conditions.tree import Tree, group_of, is_leaf, leaves
from core.conditions.words import Found, Phrases

Facts = Mapping[str, Any]

_WORD_KINDS: Final = ("words", "text")
_JOIN: Final[dict[str, Callable[[Any], bool]]] = {
    "all": all,
    "any": any,
    "none": lambda results: not any(results),
}


@dataclass(frozen=True)
class LeafTrace:
    """One condition: the fact it saw, how it came out, the words it found and where."""

    field: str
    op: str
    value: Any
    seen: Any
    result: bool
    is_missing: bool = False
    words: tuple[Found, ...] = ()


@dataclass(frozen=True)
class Trace:
    """The answer with every condition, in the order of the tree."""

    result: bool
    leaves: tuple[LeafTrace, ...]

    @property
    def missing(self) -> list[str]:
        """Fields nobody knew a fact for."""
        return list(dict.fromkeys(leaf.field for leaf in self.leaves if leaf.is_missing))


def matches(tree: Tree, facts: Facts) -> bool:
    """Whether `facts` fit. Pure; deleted rows are the business of `in_force`."""
    if not _is_understood(tree):
        return False
    case = _Case(tree, facts)
    return _fits(tree, lambda leaf: case.judged(leaf).result)


def trace(tree: Tree, facts: Facts) -> Trace:
    """The same answer, with every condition judged."""
    case = _Case(tree, facts)
    judged = [(leaf, case.judged(leaf)) for leaf in leaves(tree)]
    results = {id(leaf): one.result for leaf, one in judged}
    result = _is_understood(tree) and _fits(tree, lambda leaf: results[id(leaf)])
    return Trace(result, tuple(one for _leaf, one in judged))


def is_understood(leaf: Tree) -> bool:
    """Whether the leaf asks a registered field something it can be asked."""
    return leaf["field"] in fields and leaf["op"] in ALLOWED[fields[leaf["field"]].kind]


class _Case:
    """The facts a tree is held against; each text is read once."""

    def __init__(self, tree: Tree, facts: Facts) -> None:
        self._tree = tree
        self._facts = facts
        self._found: dict[str, dict[str, list[Found]]] = {}

    def judged(self, leaf: Tree) -> LeafTrace:
        key, op, value = leaf["field"], leaf["op"], leaf.get("value")
        seen = self._facts.get(key)
        now = self._facts.get("now")
        # "Within the last days" needs a present, which nobody may read from a clock here.
        is_missing = key not in self._facts or (op == "within_last" and now is None)
        if is_missing or not is_understood(leaf):
            return LeafTrace(key, op, value, seen, result=False, is_missing=is_missing)
        spec = fields[key]
        if spec.kind in _WORD_KINDS and op.startswith("contains_") and not is_empty(seen):
            return self._read(spec, leaf, seen)
        result = answer(spec.kind, op, seen, value, _moment(now))
        return LeafTrace(key, op, value, seen, result=result)

    def _read(self, spec: FieldSpec, leaf: Tree, seen: Any) -> LeafTrace:
        if spec.key not in self._found:
            self._found[spec.key] = _places(self._phrases(spec.key), seen)
        places, phrases = self._found[spec.key], leaf["value"]
        words = tuple(sorted(found for phrase in phrases for found in places.get(phrase, ())))
        hits = len({found.phrase for found in words})
        results = {
            "contains_any": hits > 0,
            "contains_all": hits == len(set(phrases)),
            "contains_none": hits == 0,
        }
        return LeafTrace(spec.key, leaf["op"], phrases, seen, results[leaf["op"]], words=words)

    def _phrases(self, key: str) -> tuple[str, ...]:
        """Everything the tree looks for in this field, so that the text is read once."""
        asked = [leaf for leaf in leaves(self._tree) if leaf["field"] == key]
        lists = [leaf["value"] for leaf in asked if leaf["op"].startswith("contains_")]
        return tuple(dict.fromkeys(phrase for phrases in lists for phrase in phrases))


def _places(phrases: tuple[str, ...], text: str) -> dict[str, list[Found]]:
    places: dict[str, list[Found]] = {}
    for found in Phrases.of(phrases).search(text):
        places.setdefault(found.phrase, []).append(found)
    return places


def _moment(now: Any) -> datetime | None:
    return None if now is None else moment_of(now)


def _is_understood(tree: Tree) -> bool:
    return all(map(is_understood, leaves(tree)))


def _fits(tree: Tree, judge: Callable[[Tree], bool]) -> bool:
    if is_leaf(tree):
        return judge(tree)
    group = group_of(tree)
    return group is None or _JOIN[group[0]](_fits(member, judge) for member in group[1])
