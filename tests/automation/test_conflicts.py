"""Rules that get in each other's way are found: by their words, and by what happened."""

from __future__ import annotations

import pytest

from automation.conflicts import ENOUGH, conflicts_in_detail, conflicts_of, implies
from automation.models import RuleRun, RuleSetVersion
from tests.automation.conftest import NOW, is_, words

A, B = words("subject", "down"), words("subject", "down", "outage")
VIP = is_("customer_vip", True)


@pytest.mark.parametrize(
    ("tree", "other"),
    [
        (A, {}),
        (A, A),
        (A, B),
        ({"all": [A, VIP]}, A),
        ({"all": [A, VIP]}, {"all": [VIP, B]}),
        ({"any": [A, words("subject", "outage")]}, B),
        (A, {"any": [VIP, B]}),
        ({"none": [B]}, {"none": [A]}),
        (is_("priority", 1), {"field": "priority", "op": "in", "value": [1, 2]}),
        (words("subject", "a", "b", op="contains_all"), words("subject", "b", "c")),
        (words("subject", "a", "b", op="contains_none"), words("subject", "a", op="contains_none")),
    ],
)
def test_what_implies(tree, other) -> None:
    assert implies(tree, other)


@pytest.mark.parametrize(
    ("tree", "other"),
    [
        ({}, A),
        (B, A),
        (A, VIP),
        (A, {"all": [A, VIP]}),
        ({"any": [A, VIP]}, A),
        ({"none": [A]}, {"none": [B]}),
        (A, words("body", "down")),
        ({"any": []}, A),
    ],
)
def test_what_does_not(tree, other) -> None:
    assert not implies(tree, other)


def ran(kind: str, *matched: int, facts: dict | None = None, times: int = ENOUGH) -> None:
    version = RuleSetVersion.objects.filter(kind=kind).latest("pk")
    RuleRun.objects.bulk_create(
        RuleRun(
            version=version,
            kind=kind,
            trigger="created",
            at=NOW,
            outcome="applied" if matched else "no_match",
            matched=list(matched),
            facts=facts or {},
        )
        for _number in range(times)
    )


@pytest.mark.django_db
def test_rule_behind_one_that_takes_all_is_shadowed(rule) -> None:
    taker = rule("routing", {"effect": "close"}, conditions=B)
    rule("routing", {"effect": "close"}, conditions=A)
    rule("routing", {"effect": "close"}, conditions=VIP)
    found = conflicts_of("routing")
    assert [(one.rule.name, one.by.id) for one in found.shadows] == [("Rule 2", taker.pk)]


@pytest.mark.django_db
@pytest.mark.parametrize("change", [{"goes_on": True}, {"is_enabled": False}])
def test_rule_that_takes_nothing_shadows_nothing(rule, change) -> None:
    rule("routing", {"effect": "note", "text": "A"}, **change)
    rule("routing", {"effect": "note", "text": "B"}, conditions=A)
    assert not conflicts_of("routing").shadows


@pytest.mark.django_db
def test_rule_that_never_matched_and_who_took_its_tickets(rule) -> None:
    taker = rule("routing", {"effect": "close"}, conditions=words("subject", "espresso"))
    rule("routing", {"effect": "close"}, conditions=A)
    ran("routing", taker.pk, facts={"subject": "Espresso down"})
    found = conflicts_in_detail("routing")
    assert [one.name for one in found.never] == ["Rule 2"]
    assert [(one.name, by.name, count) for one, by, count in found.taken] == [
        ("Rule 2", "Rule 1", ENOUGH)
    ]


@pytest.mark.django_db
def test_few_runs_say_nothing(rule) -> None:
    rule("routing", {"effect": "close"}, conditions=A)
    ran("routing", times=ENOUGH - 1)
    assert conflicts_of("routing").is_empty


@pytest.mark.django_db
def test_rules_that_write_against_each_other(rule, sign_in, max_) -> None:
    first = rule("classify", {"effect": "raise_priority", "steps": 1}, conditions=A)
    second = rule("classify", {"effect": "lower_priority", "steps": 1}, conditions=VIP)
    rule("classify", {"effect": "note", "text": "Hi"})
    ran("classify", first.pk, second.pk, times=3)
    found = conflicts_of("classify")
    assert [(one.field, one.together) for one in found.disputes] == [("priority", 3)]
    page = sign_in(max_).get("/admin/rules/conflicts").text
    assert "“Rule 1” and “Rule 2” write different values to: Priority." in page
    assert "Both matched 3 recent tickets." in page


@pytest.mark.django_db
def test_rules_for_different_values_do_not_dispute(rule) -> None:
    for channel in ("email", "web"):
        effect = {"effect": "add_tags", "tags": [channel]}
        rule("classify", effect, {"effect": "close"}, conditions=is_("channel", channel))
    assert not conflicts_of("classify").disputes


@pytest.mark.django_db
def test_macros_are_chosen_one_by_one_and_never_dispute(rule) -> None:
    for step in ("raise_priority", "lower_priority"):
        rule("macro", {"effect": step, "steps": 1})
    assert conflicts_of("macro").is_empty
