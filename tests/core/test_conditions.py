"""The condition language: laws of trees, operators on every kind of fact, traces, sentences."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core.conditions import (
    NEVER,
    FieldSpec,
    NotQueryable,
    broken,
    clean,
    describe,
    fields,
    in_force,
    matches,
    query,
    trace,
)

NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)
YES, NO = True, False
SIZES = [(1, "Small"), (2, "Medium"), (3, "Large")]
SPECS = {
    "t_size": FieldSpec(key="t_size", label="Size", kind="choice", choices=lambda: SIZES),
    "t_count": FieldSpec(key="t_count", label="Count", kind="number"),
    "t_host": FieldSpec(key="t_host", label="Host", kind="text"),
    "t_body": FieldSpec(key="t_body", label="Body", kind="words"),
    "t_marks": FieldSpec(key="t_marks", label="Marks", kind="set"),
    "t_vip": FieldSpec(key="t_vip", label="VIP", kind="bool"),
    "t_born": FieldSpec(key="t_born", label="Born", kind="date"),
}
FACTS: dict[str, Any] = {
    "t_size": 2,
    "t_count": 5,
    "t_host": "Mail.Harbour.example",
    "t_body": "The line is DOWN, I can't access it.",
    "t_marks": ["Line", "vip"],
    "t_vip": True,
    "t_born": "2025-03-08T10:00:00+00:00",
    "now": NOW,
}


@pytest.fixture(autouse=True, scope="module")
def registered() -> Iterator[None]:
    """Fields of every kind."""
    for key, spec in SPECS.items():
        fields.register(key, spec)
    yield
    for key in SPECS:
        fields._entries.pop(key)


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    asked = {"field": f"t_{field}", "op": op}
    return asked if value is None else {**asked, "value": value}


def cleaned(tree: Any) -> Any:
    return clean(tree, allowed=SPECS)


TRUE, FALSE = leaf("size", "is", 2), leaf("size", "is", 3)
LEAVES = st.sampled_from([TRUE, FALSE, leaf("vip", "is", YES), leaf("born", "is_empty")])
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        lambda kind, members: {kind: members},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=4),
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        (leaf("size", "is", 2), True),
        (leaf("size", "is", 3), False),
        (leaf("size", "is_not", 3), True),
        (leaf("size", "is_not", 2), False),
        (leaf("size", "in", [1, 2]), True),
        (leaf("size", "in", [1, 3]), False),
        (leaf("size", "is_empty"), False),
        (leaf("count", "is", 5), True),
        (leaf("count", "is_not", 5), False),
        (leaf("count", "greater", 4.5), True),
        (leaf("count", "greater", 5), False),
        (leaf("count", "less", 6), True),
        (leaf("count", "less", 5), False),
        (leaf("host", "is", "mail.harbour.EXAMPLE"), True),
        (leaf("host", "is_not", "mail.harbour.example"), False),
        (leaf("host", "in", ["a.example", "mail.harbour.example"]), True),
        (leaf("host", "starts_with", "MAIL."), True),
        (leaf("host", "starts_with", "harbour"), False),
        (leaf("host", "contains_any", ["harbour"]), True),
        (leaf("body", "contains_any", ["outage", "down"]), True),
        (leaf("body", "contains_any", ["outage"]), False),
        (leaf("body", "contains_all", ["down", "cant access"]), True),
        (leaf("body", "contains_all", ["down", "outage"]), False),
        (leaf("body", "contains_none", ["outage"]), True),
        (leaf("body", "contains_none", ["outage", "down"]), False),
        (leaf("body", "starts_with", "the line"), True),
        (leaf("body", "is_empty"), False),
        (leaf("marks", "contains_any", ["VIP", "x"]), True),
        (leaf("marks", "contains_all", ["line", "vip"]), True),
        (leaf("marks", "contains_all", ["line", "x"]), False),
        (leaf("marks", "contains_none", ["x"]), True),
        (leaf("marks", "contains_none", ["LINE"]), False),
        (leaf("marks", "is_empty"), False),
        (leaf("vip", "is", YES), True),
        (leaf("vip", "is", NO), False),
        (leaf("born", "before", "2025-03-09"), True),
        (leaf("born", "before", "2025-03-08"), False),
        (leaf("born", "after", "2025-03-07"), True),
        (leaf("born", "after", "2025-03-08"), False),
        (leaf("born", "within_last", 3), True),
        (leaf("born", "within_last", 2), False),
        (leaf("born", "within_hours", 50), True),
        (leaf("born", "within_hours", 49), False),
        (leaf("born", "longer_ago", 50), True),
        (leaf("born", "longer_ago", 51), False),
    ],
)
def test_each_operator_on_each_kind(asked: dict[str, Any], *, fits: bool) -> None:
    assert cleaned(asked) == asked
    assert matches(asked, FACTS) is fits
    assert trace(asked, FACTS).result is fits


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_what_is_known_to_be_empty_is_empty_and_is_not_something_else(spec: FieldSpec) -> None:
    nothing: dict[str, Any] = {spec.key: None, "now": NOW}
    samples = {"is_empty": None, "is_not": 1, "contains_none": ["x"]}
    for operator in spec.operators:
        value = samples.get(operator.key, ["x"] if "contains" in operator.key else 1)
        asked = leaf(spec.key[2:], operator.key, value)
        assert matches(asked, nothing) is (operator.key in samples)


def test_a_missing_fact_makes_its_condition_false_and_is_named() -> None:
    for op in ("is_empty", "contains_none"):
        tree = {"any": [leaf("body", op, ["x"])]}
        found = trace(tree, {})
        assert not found.result
        assert found.missing == ["t_body"]
        assert not matches(tree, {})


@pytest.mark.parametrize("op", ["within_last", "within_hours", "longer_ago"])
def test_what_is_asked_of_the_present_needs_one(op: str) -> None:
    found = trace(leaf("born", op, 3), {**FACTS, "now": None})
    assert found.missing == ["t_born"]


def test_the_present_may_be_a_text() -> None:
    assert matches(leaf("born", "within_last", 3), {**FACTS, "now": NOW.isoformat()})


@pytest.mark.parametrize("value", [0, -1, 1.5, "5", True, 24 * 3650 + 1])
def test_odd_numbers_of_hours_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        cleaned(leaf("born", "longer_ago", value))


def test_an_empty_tree_is_always_true() -> None:
    assert cleaned({}) == {}
    assert matches({}, {})
    assert describe({}) == "Always"


@given(TREES)
def test_none_is_the_opposite_of_any(tree: dict[str, Any]) -> None:
    members = [tree, TRUE] if "field" in tree else [tree]
    assert matches({"none": members}, FACTS) is not matches({"any": members}, FACTS)


@given(st.lists(TREES, min_size=1, max_size=5), st.randoms(), st.sampled_from(["all", "any"]))
def test_the_order_of_conditions_means_nothing(members: list[Any], random: Any, kind: str) -> None:
    mixed = random.sample(members, len(members))
    assert matches({kind: members}, FACTS) is matches({kind: mixed}, FACTS)


@given(TREES)
def test_trace_and_match_agree_and_every_condition_is_traced(tree: dict[str, Any]) -> None:
    found = trace(tree, FACTS)
    assert found.result is matches(tree, FACTS)
    assert len(found.leaves) == json.dumps(tree).count('"op"')
    assert [one.seen for one in found.leaves] == [FACTS[one.field] for one in found.leaves]


@given(TREES)
def test_cleaning_twice_changes_nothing(tree: dict[str, Any]) -> None:
    try:
        once = cleaned(tree)
    except ValidationError as refusal:
        assert refusal.code == "deep"  # noqa: PT017 -- the only thing wrong with such trees
    else:
        assert cleaned(json.loads(json.dumps(once))) == once == tree


def test_groups_lie_at_most_four_deep() -> None:
    tree: dict[str, Any] = TRUE
    for _level in range(4):
        tree = {"all": [tree]}
    assert cleaned(tree) == tree
    with pytest.raises(ValidationError, match="at most 4 deep"):
        cleaned({"all": [tree]})


def test_a_tree_has_at_most_a_hundred_conditions() -> None:
    assert cleaned({"any": [TRUE] * 100})
    with pytest.raises(ValidationError, match="at most 100 conditions"):
        cleaned({"any": [{"all": [TRUE] * 51}, {"all": [TRUE] * 50}]})
    with pytest.raises(ValidationError, match="at most 100 values"):
        cleaned(leaf("body", "contains_any", [f"w{n}" for n in range(101)]))


@pytest.mark.parametrize(
    ("tree", "says"),
    [
        (leaf("size", "is", 9), "Choose a value for Size"),
        (leaf("size", "is", YES), "Choose a value for Size"),
        (leaf("size", "in", []), "at least one value for Size"),
        (leaf("size", "greater", 1), "how Size is compared"),
        (leaf("count", "is", "5"), "Write a number for Count"),
        (leaf("count", "is", float("nan")), "Write a number for Count"),
        (leaf("body", "contains_any", "down"), "Write words for Body"),
        (leaf("body", "contains_any", ["?!"]), "holds no word"),
        (leaf("body", "contains_any", ["x" * 101]), "at most 100 characters"),
        (leaf("vip", "is", 1), "yes or no for VIP"),
        (leaf("born", "before", "soon"), "Write a day for Born"),
        (leaf("born", "within_last", 0), "a number of days from 1 to 3650"),
        ({"field": "secret", "op": "is", "value": 1}, "Choose a field"),
        ({"all": []}, "A group needs a condition"),
        ({"all": [TRUE], "any": [TRUE]}, "all of, any of or none of"),
        ({**TRUE, "more": 1}, "a field, an operator and a value"),
        ([TRUE], "a field, an operator and a value"),
    ],
)
def test_what_is_wrong_is_said(tree: Any, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        cleaned(tree)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["all", "any", "none", "field", "op", "value", "x"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)
KEYS = st.sampled_from([*SPECS, "other"])
OPS = st.sampled_from(["is", "in", "contains_any", "is_empty", "before", "within_last", "less"])


@given(JSON | st.fixed_dictionaries({"field": KEYS, "op": OPS, "value": JSON}))
def test_hostile_trees_are_refused_politely(tree: Any) -> None:
    try:
        sound = cleaned(tree)
    except ValidationError:
        return
    assert trace(sound, FACTS).result is matches(sound, FACTS)
    assert describe(sound)


def test_a_very_deep_tree_does_no_harm() -> None:
    tree: Any = TRUE
    for _level in range(5000):
        tree = {"all": [tree]}
    with pytest.raises(ValidationError):
        cleaned(tree)


def test_words_are_shown_where_they_stand() -> None:
    asked = leaf("body", "contains_any", ["down", "cant access"])
    (found,) = trace({"all": [asked]}, FACTS).leaves
    text = FACTS["t_body"]
    assert [(word.phrase, text[word.start : word.end]) for word in found.words] == [
        ("down", "DOWN"),
        ("cant access", "can't access"),
    ]


def test_a_tree_reads_as_one_sentence() -> None:
    both = {"any": [leaf("vip", "is", YES), leaf("body", "contains_any", ["down", "outage"])]}
    assert describe({"all": [TRUE, leaf("born", "is_empty")]}) == "Size is Medium and Born is empty"
    assert describe({"all": [TRUE, both]}) == (
        "Size is Medium and (VIP is yes or Body contains any of down, outage)"
    )
    assert describe({"none": [TRUE, leaf("count", "less", 3)]}) == (
        "none of (Size is Medium; Count is less than 3)"
    )


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        (leaf("size", "is_not", 9), "Size names something that was deleted."),
        (leaf("size", "in", [1, 9]), "Size names something that was deleted."),
        ({"field": "gone", "op": "is", "value": 1}, "The field “gone” is not known any more."),
    ],
)
def test_a_broken_tree_says_so_and_fits_nothing(gone: dict[str, Any], says: str) -> None:
    tree = {"none": [gone, FALSE]}
    assert broken(tree) == [says]
    assert in_force(tree) == NEVER
    assert not matches(in_force(tree), FACTS)
    assert describe(tree)


def test_an_unknown_field_fits_nothing_even_unchecked() -> None:
    tree = {"any": [TRUE, {"field": "gone", "op": "is", "value": 1}]}
    assert not matches(tree, FACTS)
    assert not trace(tree, FACTS).result


def test_a_sound_tree_is_in_force_as_it_is() -> None:
    assert broken({"all": [TRUE]}) == []
    assert in_force(TRUE) == TRUE


def test_fields_without_a_query_say_so() -> None:
    with pytest.raises(NotQueryable):
        query(leaf("body", "is_empty"))
