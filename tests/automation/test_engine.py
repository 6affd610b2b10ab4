"""Decisions of rule sets: pure, in order, the first writer of a field wins (rules.md 1, 3)."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from automation.engine import RuleSet, RuleSpec, overruled
from tests.automation.conftest import is_


def spec(number: int, kind: str = "trigger", **fields: Any) -> RuleSpec:
    return RuleSpec(id=number, name=f"Rule {number}", kind=kind, **fields)


def ids(rules: RuleSet, facts: dict[str, Any], trigger: str = "") -> list[int]:
    return [one.id for one in rules.decide(rules.listening(trigger), facts).matched]


def test_the_first_match_ends_routing_unless_it_goes_on():
    here = is_("channel", "email")
    rules = RuleSet(
        [
            spec(1, "routing", conditions=is_("channel", "phone")),
            spec(2, "routing", conditions=here, goes_on=True),
            spec(3, "routing", conditions=here),
            spec(4, "routing"),
        ]
    )
    assert ids(rules, {"channel": "email"}) == [2, 3]


def test_all_matching_rules_of_other_kinds_run_until_one_stops():
    rules = RuleSet(
        [spec(1), spec(2, conditions=is_("channel", "phone")), spec(3, stops=True), spec(4)]
    )
    assert ids(rules, {"channel": "email"}) == [1, 3]


def test_a_disabled_rule_never_matches_and_triggers_are_told_apart():
    rules = RuleSet(
        [
            spec(1, trigger="created", is_enabled=False),
            spec(2, trigger="created"),
            spec(3, trigger="reopened"),
        ]
    )
    assert ids(rules, {}, "created") == [2]
    assert ids(rules, {}, "note_added") == []


def test_a_decision_says_which_rules_were_looked_at():
    rules = RuleSet([spec(1, "routing"), spec(2, "routing")])
    decision = rules.decide(rules.listening(""), {})
    assert [one.id for one in decision.looked_at] == [1]


@given(
    order=st.permutations([1, 2, 3, 4]), channel=st.sampled_from(["email", "phone", "chat", "api"])
)
def test_reordering_disjoint_rules_changes_nothing(order: list[int], channel: str):
    channels = ["email", "phone", "chat", "api"]
    rules = [
        spec(number, "routing", conditions=is_("channel", channels[number - 1])) for number in order
    ]
    assert ids(RuleSet(rules), {"channel": channel}) == [channels.index(channel) + 1]


def test_the_first_writer_of_a_field_wins_and_the_other_is_told():
    first, second = spec(1), spec(2)
    values, lost = overruled(
        [
            (first, 0, {"priority": "high"}),
            (second, 0, {"priority": "low"}),
            (second, 1, {"status": "open"}),
        ]
    )
    assert values == {"priority": "high", "status": "open"}
    assert lost == [(second, 0, "Rule 1")]


def test_equal_values_overrule_nobody():
    _values, lost = overruled([(spec(1), 0, {"priority": 1}), (spec(2), 0, {"priority": 1})])
    assert lost == []


def test_what_an_agent_set_stays_unless_the_rule_says_otherwise():
    polite, bold = spec(1), spec(2, overrides_agents=True)
    values, lost = overruled(
        [(polite, 0, {"priority": 1}), (bold, 0, {"status": 2})], kept={"priority", "status"}
    )
    assert values == {"status": 2}
    assert lost == [(polite, 0, "agent")]


@given(
    wanted=st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from(["a", "b", "c"]), st.integers(0, 2)),
        max_size=8,
    )
)
def test_a_change_set_is_the_sum_of_effects_in_order(wanted: list[tuple[int, str, int]]):
    """The property of rules.md 13 against the plainest model: a dict that keeps first values."""
    values, lost = overruled(
        [(spec(number), place, {name: value}) for place, (number, name, value) in enumerate(wanted)]
    )
    plain: dict[str, int] = {}
    for _number, name, value in wanted:
        plain.setdefault(name, value)
    assert values == plain
    assert len(lost) == sum(plain[name] != value for _number, name, value in wanted)
