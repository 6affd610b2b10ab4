"""A run told again is the run as it was: verdicts, words, and the six causes of S4's article."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automation.engine import Decision, RuleSet, RuleSpec
from automation.models import Rule, RuleRun, RuleSetVersion
from automation.running import kept_facts
from automation.tracing import traced
from core.models import AuditEntry
from tests.automation.conftest import NOW, is_, words
from tests.factories import make_ticket

pytestmark = pytest.mark.django_db

LOG = "/admin/logs/assignment"
WORDS = ("down", "urgent", "not working", "café", "it's")
TEXT = st.lists(st.sampled_from([*WORDS, "download", "all", "."]), max_size=200).map(" ".join)
LEAF = st.one_of(
    st.builds(
        lambda field, op, asked: {"field": field, "op": op, "value": asked},
        st.sampled_from(["subject", "subject_body"]),
        st.sampled_from(["contains_any", "contains_all", "contains_none"]),
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=3, unique=True),
    ),
    st.builds(lambda value: is_("customer_vip", value), st.booleans()),
    st.builds(lambda value: is_("message_count", value), st.integers(0, 3)),
)
TREE = st.recursive(
    LEAF,
    lambda inner: st.builds(
        lambda kind, members: {kind: members},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)
FACTS = st.fixed_dictionaries(
    {"subject": TEXT, "subject_body": TEXT, "customer_vip": st.booleans()},
    optional={"message_count": st.integers(0, 3)},
)


@settings(max_examples=60)
@given(trees=st.lists(TREE, min_size=1, max_size=4), facts=FACTS)
def test_trace_of_a_stored_run_equals_the_live_one(trees, facts) -> None:
    rules = [
        RuleSpec(id=number, name=f"R{number}", kind="routing", conditions=tree, effects=())
        for number, tree in enumerate(trees, start=1)
    ]
    live = RuleSet(rules)
    decision = live.decide(rules, facts)
    run = stored(rules, decision, facts)
    told = {trace.rule.id: trace for trace in traced(RuleRun.objects.get(pk=run.pk))}
    for rule in decision.looked_at:
        expected = live.trace(rule, decision.case)
        assert (told[rule.id].state == "matched") is expected.result
        assert [verdict(leaf) for leaf in told[rule.id].leaves] == [
            verdict(leaf) for leaf in expected.leaves
        ]


def stored(rules: list[RuleSpec], decision: Decision, facts: dict[str, Any]) -> RuleRun:
    """The run as `automation.running` writes it."""
    spec = {"rules": [{**vars_of(rule), "effects": []} for rule in rules]}
    return RuleRun.objects.create(
        version=RuleSetVersion.objects.create(
            kind="routing", spec=spec, sha256="x", created_at=NOW
        ),
        kind="routing",
        trigger="created",
        at=NOW,
        outcome="applied",
        matched=[rule.id for rule in decision.matched],
        facts=kept_facts(facts),
        found=decision.case.found(),
    )


def vars_of(rule: RuleSpec) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in RuleSpec.__dataclass_fields__}


def verdict(leaf: Any) -> tuple[Any, ...]:
    return leaf.field, leaf.op, leaf.value, leaf.result, leaf.is_missing, leaf.words


def test_states_say_why_a_rule_did_not_take_the_ticket(rule, cleo, technical) -> None:
    note = {"effect": "note", "text": "Hi"}
    rule("routing", note, name="Off", is_enabled=False)
    rule("routing", note, name="Unfit", conditions=words("subject", "invoice"))
    rule("routing", note, name="Broken", conditions=is_("tier", 99_999))
    rule("routing", note, name="Fit", conditions=words("subject", "espresso"))
    rule("routing", note, name="Behind")
    make_ticket(cleo, technical)
    traces = traced(RuleRun.objects.get(kind="routing"))
    assert {trace.rule.name: trace.state for trace in traces} == {
        "Off": "off",
        "Unfit": "not_matched",
        "Broken": "broken",
        "Fit": "matched",
        "Behind": "not_reached",
    }
    assert traces[-1].taken_by.name == "Fit"


def test_run_page_shows_verdicts_words_and_effects(sign_in, max_, rule, cleo, technical) -> None:
    conditions = {"all": [words("subject", "espresso", "grinder"), is_("customer_vip", False)]}
    rule("routing", {"effect": "note", "text": "Hi"}, name="Fit", conditions=conditions)
    rule("routing", {"effect": "note", "text": "Hi"}, name="Resting", is_enabled=False)
    make_ticket(cleo, technical)
    page = sign_in(max_).get(f"{LOG}/{RuleRun.objects.get().pk}").text
    assert "<mark>Espresso</mark>" in page
    assert "Subject contains any of espresso, grinder" in page
    assert "note “Hi”" in page
    assert "Not enabled" in page
    assert "Version" in page


def test_log_is_narrowed_by_every_filter(sign_in, max_, rule, cleo, technical) -> None:
    note = {"effect": "note", "text": "Hi"}
    fit = rule("classify", note, name="Fit", conditions=words("subject", "espresso"))
    rule("routing", note, name="Unfit", conditions=words("subject", "invoice"))
    ticket = make_ticket(cleo, technical)
    client = sign_in(max_)
    rows = {
        f"kind=classify&ticket={ticket.number}": 1,
        f"rule={fit.pk}": 1,
        "outcome=no_match": 1,
        "outcome=nonsense&rule=x": 2,
        f"agent={max_.pk}": 0,
        f"ticket=%23{ticket.number}": 2,
        f"ticket={ticket.number + 1}": 0,
    }
    for query, count in rows.items():
        page = client.get(f"{LOG}?{query}", HTTP_HX_REQUEST="true").text
        assert page.count(f'href="{LOG}/') == count, query


def test_log_asks_little(sign_in, max_, rule, cleo, technical, statements) -> None:
    rule("routing", {"effect": "note", "text": "Hi"})
    for _number in range(12):
        make_ticket(cleo, technical)
    client = sign_in(max_)
    client.get(LOG)
    with statements(20):
        client.get(LOG)


def test_versions_tell_changes_and_come_back(sign_in, max_, rule) -> None:
    client = sign_in(max_)
    first = rule("routing", {"effect": "note", "text": "Old words"}, name="Greet")
    old = RuleSetVersion.objects.latest("pk")
    rule("routing", {"effect": "close"}, name="Later")
    client.post(f"/admin/assignment_rules/{first.pk}/use", {"use": "off"})
    page = client.get("/admin/rules/routing/versions").text
    assert "“Later” was added: When a ticket comes in: close it." in page
    assert "“Greet” was switched off." in page
    url = f"/admin/rules/routing/versions/{old.pk}/restoration"
    assert "“Later” was removed." in client.get(url).text
    assert client.post(url).status_code == 303
    assert list(Rule.objects.active().values_list("name", "is_enabled")) == [("Greet", True)]
    newest = RuleSetVersion.objects.latest("pk")
    assert newest.pk != old.pk
    assert newest.spec == old.spec
    assert AuditEntry.objects.filter(verb="rules_restored").count() == 1


def test_version_of_another_kind_is_not_found(sign_in, max_, rule) -> None:
    rule("routing", {"effect": "close"})
    version = RuleSetVersion.objects.get()
    client = sign_in(max_)
    assert client.get(f"/admin/rules/macro/versions/{version.pk}/restoration").status_code == 404
    assert client.get("/admin/rules/nonsense/versions").status_code == 404
