"""Many trees held against one case: the same answers as one by one, from one reading."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conditions import NEVER, Compiled, FieldSpec, fields, matches, trace
from core.conditions.words import Phrases
from tests.pace import takes_at_most

SPECS = {
    "t_size": FieldSpec(key="t_size", label="Size", kind="number"),
    "t_body": FieldSpec(key="t_body", label="Body", kind="words"),
    "t_seen": FieldSpec(key="t_seen", label="Seen", kind="date"),
}
FACTS: dict[str, Any] = {"t_size": 2, "t_body": "The server's down, can't access it"}


@pytest.fixture(autouse=True, scope="module")
def registered() -> Iterator[None]:
    for key, spec in SPECS.items():
        fields.register(key, spec)
    yield
    for key in SPECS:
        fields._entries.pop(key)


def words(*phrases: str, op: str = "contains_any") -> dict[str, Any]:
    return {"field": "t_body", "op": op, "value": list(phrases)}


def size(value: int) -> dict[str, Any]:
    return {"field": "t_size", "op": "is", "value": value}


LEAVES = st.one_of(
    st.sampled_from([size(2), size(3), {"field": "t_seen", "op": "is_empty"}]),
    st.builds(
        lambda op, phrases: words(*phrases, op=op),
        st.sampled_from(["contains_any", "contains_all", "contains_none"]),
        st.lists(
            st.sampled_from(["down", "server", "servers", "cant access", "it", "load"]),
            min_size=1,
            max_size=3,
        ),
    ),
    st.just({"field": "t_gone", "op": "is", "value": 1}),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda kind, members: {kind: members},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=8,
)


@given(st.lists(TREES | st.just({}), min_size=1, max_size=6))
def test_together_is_as_one_by_one(trees: list[dict[str, Any]]) -> None:
    case = Compiled(trees).case(FACTS)
    for index, tree in enumerate(trees):
        assert case.matches(index) is matches(tree, FACTS)
        assert case.trace(index) == trace(tree, FACTS)
        assert case.trace(index).result is case.matches(index)


def test_a_text_is_read_once_for_all_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    search = Phrases.search

    def noted(phrases: Phrases, text: str) -> Any:
        read.append(text)
        return search(phrases, text)

    monkeypatch.setattr(Phrases, "search", noted)
    case = Compiled([words("down"), words("up"), {"all": [size(3), words("server")]}]).case(FACTS)
    assert [case.matches(index) for index in range(3)] == [True, False, False]
    assert [one.phrase for one in case.trace(2).leaves[1].words] == ["server"]
    assert read == [FACTS["t_body"]]


def test_a_decision_made_by_a_number_reads_no_text() -> None:
    unreadable = {"t_size": 3, "t_body": object()}
    assert not Compiled([{"all": [size(2), words("down")]}]).case(unreadable).matches(0)


def test_what_nobody_knows_any_more_fits_nothing() -> None:
    gone = {"field": "t_gone", "op": "is", "value": 1}
    case = Compiled([{"none": [gone]}, {"any": [gone, size(2)]}, {}, NEVER]).case(FACTS)
    assert [case.matches(index) for index in range(4)] == [False, False, True, False]


def test_a_thousand_rules_on_a_long_mail_are_decided_at_once() -> None:
    random = Random(4)
    spoken = ["".join(random.choices("abcdefghijklmnoprstuw", k=n % 8 + 2)) for n in range(4000)]
    asked = [[" ".join(random.choices(spoken, k=n % 3 + 1)) for n in range(5)] for _ in range(1000)]
    compiled = Compiled([{"any": [words(*phrases), size(9)]} for phrases in asked])
    body = " ".join(random.choices(spoken, k=3500))[:20_000]

    def decide() -> int:
        case = compiled.case({**FACTS, "t_body": body})
        return sum(case.matches(index) for index in range(1000))

    assert takes_at_most(0.05, decide)
