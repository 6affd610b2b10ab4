"""Many trees held against the same facts: compiled once, each text read once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from core.conditions.fields import fields
from core.conditions.operators import NEEDS_NOW, answer, is_empty, moment_of
from core.conditions.tracing import Facts, LeafTrace, Trace, is_understood
from core.conditions.tree import Tree, group_of, is_leaf, leaves
from core.conditions.words import Found, Phrases

_WORD_KINDS: Final = ("words", "text")

_Judge = Callable[["_Reading"], bool]


def matches(tree: Tree, facts: Facts) -> bool:
    """Whether `facts` fit. Pure; deleted rows are the business of `in_force`."""
    return Compiled([tree]).case(facts).matches(0)


def trace(tree: Tree, facts: Facts) -> Trace:
    """The same answer, with every condition judged."""
    return Compiled([tree]).case(facts).trace(0)


class Compiled:
    """Trees made ready to be asked about many cases; they are named by their index.

    The fields are looked up here: compile after the apps are ready, and again when trees change.
    Conditions that several trees share are answered once for each case.
    """

    def __init__(self, trees: Iterable[Tree]) -> None:
        self._questions: dict[tuple[str, str, str], _Question] = {}
        self._asked: dict[str, dict[str, None]] = {}
        self._leaves: list[tuple[_Question, ...]] = []
        self._judges = [self._added(tree) for tree in trees]
        # Everything any tree looks for in each text.
        self.phrases = {key: Phrases.of(tuple(asked)) for key, asked in self._asked.items()}

    def case(self, facts: Facts, *, found: Mapping[str, list[Any]] | None = None) -> Case:
        """The trees held against these facts; `found` are words an earlier case found in them."""
        return Case(self, facts, found=found)

    def judge(self, index: int) -> _Judge:
        """The predicate of one tree."""
        return self._judges[index]

    def questions(self, index: int) -> tuple[_Question, ...]:
        """The conditions of one tree, from left to right."""
        return self._leaves[index]

    def _added(self, tree: Tree) -> _Judge:
        asked = tuple(map(self._question, leaves(tree)))
        self._leaves.append(asked)
        # A tree that asks for what nobody knows any more fits nothing, whatever its groups say.
        if not all(question.is_understood for question in asked):
            return _never
        return _judge(tree, iter(asked).__next__)

    def _question(self, leaf: Tree) -> _Question:
        # By its writing: 1, True and "1" are three values.
        key = (leaf["field"], leaf["op"], repr(leaf.get("value")))
        if key not in self._questions:
            self._questions[key] = question = _Question(leaf, number=len(self._questions))
            if question.reads_words:
                asked = self._asked.setdefault(question.field, {})
                asked.update(dict.fromkeys(question.value))
        return self._questions[key]


class Case:
    """The facts of one case; what was read or answered once is not read again.

    `matches(index)` stops at the first condition that decides, `trace(index)` judges them all.
    """

    def __init__(
        self,
        compiled: Compiled,
        facts: Facts,
        *,
        found: Mapping[str, list[Any]] | None = None,
    ) -> None:
        self._compiled = compiled
        self._reading = _Reading(facts, compiled)
        for key, words in (found or {}).items():
            self._reading.remember(key, [Found(*word) for word in words])

    def matches(self, index: int) -> bool:
        """Whether the facts fit this tree."""
        return self._compiled.judge(index)(self._reading)

    def trace(self, index: int) -> Trace:
        """The same answer, with every condition judged."""
        judged = tuple(map(self._reading.traced, self._compiled.questions(index)))
        return Trace(self.matches(index), judged)

    def found(self) -> dict[str, list[Found]]:
        """The words found so far, by field: with the facts, all it takes to judge anew."""
        return self._reading.found()


class _Question:
    """One condition with everything about it that does not depend on the case."""

    __slots__ = ("asked", "field", "is_understood", "kind", "number", "op", "reads_words", "value")

    def __init__(self, leaf: Tree, *, number: int) -> None:
        self.number = number
        self.field, self.op = leaf["field"], leaf["op"]
        self.value: Any = leaf.get("value")
        self.is_understood = is_understood(leaf)
        self.kind = fields[self.field].kind if self.is_understood else "words"
        is_search = self.kind in _WORD_KINDS and self.op.startswith("contains_")
        self.reads_words = self.is_understood and is_search
        self.asked: frozenset[str] = frozenset(leaf["value"]) if self.reads_words else frozenset()


class _Reading:
    """What the facts say, as far as it was asked."""

    def __init__(self, facts: Facts, compiled: Compiled) -> None:
        self._facts = facts
        self._compiled = compiled
        self._places: dict[str, dict[str, list[Found]]] = {}
        self._answers: dict[int, bool] = {}
        now = facts.get("now")
        self._now: datetime | None = None if now is None else moment_of(now)

    def remember(self, key: str, words: list[Found]) -> None:
        """Take these places for the words of a text, instead of reading it."""
        places = self._places[key] = {}
        for found in words:
            places.setdefault(found.phrase, []).append(found)

    def found(self) -> dict[str, list[Found]]:
        """The places of words in each text that was read, in its order."""
        return {
            key: sorted(found for words in places.values() for found in words)
            for key, places in self._places.items()
        }

    def fits(self, question: _Question) -> bool:
        """The answer to one condition, found once."""
        known = self._answers.get(question.number)
        if known is None:
            known = self._answers[question.number] = self._answer(question)
        return known

    def traced(self, question: _Question) -> LeafTrace:
        """The answer with what it was found from."""
        return LeafTrace(
            question.field,
            question.op,
            question.value,
            self._facts.get(question.field),
            result=question.is_understood and self.fits(question),
            is_missing=self._is_missing(question),
            words=self._words(question),
        )

    def _answer(self, question: _Question) -> bool:
        if self._is_missing(question):
            return False
        seen = self._facts[question.field]
        if question.reads_words and not is_empty(seen):
            return _BY_WORDS[question.op](question.asked, self._read(question.field))
        return answer(question.kind, question.op, seen, question.value, self._now)

    def _is_missing(self, question: _Question) -> bool:
        """Nobody knows the fact, or it is asked of a present nobody may read from a clock here."""
        needs_now = question.op in NEEDS_NOW and self._now is None
        return needs_now or question.field not in self._facts

    def _words(self, question: _Question) -> tuple[Found, ...]:
        if not question.reads_words or is_empty(self._facts.get(question.field)):
            return ()
        places = self._read(question.field)
        return tuple(sorted(one for phrase in question.asked for one in places.get(phrase, ())))

    def _read(self, key: str) -> Mapping[str, list[Found]]:
        if key not in self._places:
            self.remember(key, self._compiled.phrases[key].search(self._facts[key]))
        return self._places[key]


def _judge(tree: Tree, next_question: Callable[[], _Question]) -> _Judge:
    """The tree as a predicate; its conditions are taken in the order `leaves` tells them."""
    if is_leaf(tree):
        question = next_question()
        return lambda reading: reading.fits(question)
    group = group_of(tree)
    if group is None:
        return _always
    return _JOINED[group[0]]([_judge(member, next_question) for member in group[1]])


def _all(members: list[_Judge]) -> _Judge:
    return lambda reading: all(member(reading) for member in members)


def _any(members: list[_Judge]) -> _Judge:
    return lambda reading: any(member(reading) for member in members)


def _none(members: list[_Judge]) -> _Judge:
    return lambda reading: not any(member(reading) for member in members)


def _always(_reading: _Reading) -> bool:
    return True


def _never(_reading: _Reading) -> bool:
    return False


_JOINED: Final[dict[str, Callable[[list[_Judge]], _Judge]]] = {
    "all": _all,
    "any": _any,
    "none": _none,
}
_BY_WORDS: Final[dict[str, Callable[[frozenset[str], Mapping[str, Any]], bool]]] = {
    "contains_any": lambda asked, found: not found.keys().isdisjoint(asked),
    "contains_all": lambda asked, found: asked <= found.keys(),
    "contains_none": lambda asked, found: found.keys().isdisjoint(asked),
}
