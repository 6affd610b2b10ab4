"""Rules as managers write them: lists of sentences, forms without scripts, switches, copies."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from automation.engine import RuleSpec
from automation.models import Rule, RuleRun, RuleSetVersion
from automation.versions import rules_in_force
from core.models import AuditEntry
from tests.automation.conftest import is_, words
from tests.factories import make_ticket
from tickets.models import Priority

pytestmark = pytest.mark.django_db

LISTS = {
    "routing": "/admin/assignment_rules",
    "classify": "/admin/assignment_rules/classification",
    "trigger": "/admin/automations",
    "timed": "/admin/automations/timed",
    "escalation": "/admin/escalations",
    "macro": "/admin/macros",
}


@pytest.fixture
def manager(sign_in, max_) -> Client:
    return sign_in(max_)


def urgent() -> int:
    return Priority.objects.get(slug="urgent").pk


def typed(*effects: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The form of a rule without conditions."""
    fields: dict[str, Any] = {"name": "Harbour", "conditions-match": "all", "is_enabled": "on"}
    for number, effect in enumerate(effects):
        for name, value in effect.items():
            fields[f"effects-{number}-{name}"] = value
    return {**fields, **changes}


def asked(field: str, op: str, value: Any, *, number: int = 0) -> dict[str, Any]:
    place = f"conditions-{number}"
    return {f"{place}-field": field, f"{place}-op": op, f"{place}-value": value}


def version_in(page: str) -> str:
    found = re.search(r'name="version"\s+value="([0-9a-f]+)"', page)
    assert found
    return found[1]


@pytest.mark.parametrize(("kind", "url"), LISTS.items())
def test_every_kind_has_its_list_and_its_form(manager, rule, kind: str, url: str) -> None:
    assert "No rule yet." in manager.get(url).text
    assert manager.get(f"{url}/add").status_code == 200
    trigger = {"trigger": "created", "escalation": "created", "timed": "unanswered_for"}.get(
        kind, ""
    )
    row = rule(kind, {"effect": "note", "text": "Hi"}, name="Greet", trigger=trigger)
    page = manager.get(url).text
    assert "Greet" in page
    assert "note “Hi”" in page
    assert manager.get(f"{url}/{row.pk}").status_code == 200


def test_agents_may_not_change_rules(sign_in, ada) -> None:
    assert sign_in(ada).get(LISTS["routing"]).status_code == 403


def test_rule_is_added_in_force_and_told_as_a_sentence(manager, cleo, technical) -> None:
    form = typed(
        {"effect": "set_priority", "priority": str(urgent())},
        {"effect": "add_tags", "tags": "money, paper"},
        **asked("subject", "contains_any", "invoice, payment"),
    )
    response = manager.post(f"{LISTS['classify']}/add", form)
    assert (response.status_code, response.headers["Location"]) == (303, LISTS["classify"])
    row = Rule.objects.get()
    assert row.effects == [
        {"effect": "set_priority", "priority": urgent()},
        {"effect": "add_tags", "tags": ["money", "paper"]},
    ]
    sentence = (
        "When a ticket comes in and Subject contains any of invoice, payment:"
        " set the priority to Urgent, add the tags money, paper."
    )
    assert sentence in manager.get(LISTS["classify"]).text
    ticket = make_ticket(cleo, technical, subject="Payment failed")
    assert ticket.priority.slug == "urgent"
    assert AuditEntry.objects.get(verb="created", subject_kind="rule").after["rule"] == sentence


def test_trigger_and_its_arguments_are_kept(manager) -> None:
    form = typed(
        {"effect": "flag_escalated", "level": "3"},
        when="clock_breached",
        **{"when-metric": "resolution"},
        level="3",
    )
    assert manager.post(f"{LISTS['escalation']}/add", form).status_code == 303
    row = Rule.objects.get()
    assert (row.trigger, row.trigger_args, row.level) == (
        "clock_breached",
        {"metric": "resolution"},
        3,
    )
    page = manager.get(f"{LISTS['escalation']}/{row.pk}").text
    assert re.search(r'value="clock_breached" selected', page)
    assert re.search(r'value="resolution" selected', page)


def test_opening_and_saving_changes_nothing(manager, rule) -> None:
    row = rule("trigger", {"effect": "note", "text": "Hi"}, trigger="created", stops=True)
    url = f"{LISTS['trigger']}/{row.pk}"
    form = typed(
        {"effect": "note", "text": "Hi"},
        name=row.name,
        when="created",
        stops="on",
        version=version_in(manager.get(url).text),
    )
    assert manager.post(url, form).status_code == 303
    assert RuleSetVersion.objects.filter(kind="trigger").count() == 1
    assert not AuditEntry.objects.filter(verb="changed", subject_kind="rule").exists()


def test_rule_needs_an_effect_and_a_trigger(manager) -> None:
    page = manager.post(f"{LISTS['trigger']}/add", typed())
    assert page.status_code == 422
    assert "Add at least one effect." in page.text
    assert "Choose when the rule is to run." in page.text
    wrong = manager.post(f"{LISTS['trigger']}/add", typed({"effect": "note", "text": ""}))
    assert "Fill in “Text”." in wrong.text


def test_effect_rows_come_and_go_without_scripts(manager) -> None:
    url = f"{LISTS['routing']}/add"
    note = {"effect": "note", "text": "Kept words"}
    page = manager.post(url, typed(note, _add_condition="effects"))
    assert page.status_code == 200
    assert "Kept words" in page.text
    assert 'name="effects-1-effect"' in page.text
    assert "Fill in" not in page.text
    two = (note, {"effect": "close"})
    moved = manager.post(url, typed(*two, _show_condition="effects-1-up")).text
    assert moved.index('value="close" selected') < moved.index('value="note" selected')
    assert "Kept words" in moved
    gone = manager.post(url, typed(*two, _remove_condition="effects-0")).text
    assert "Kept words" not in gone
    assert 'value="close" selected' in gone
    assert not Rule.objects.exists()


def test_choosing_an_effect_shows_its_arguments(manager) -> None:
    page = manager.post(
        f"{LISTS['macro']}/add",
        typed({"effect": "set_priority"}, _show_condition="yes"),
        HTTP_HX_REQUEST="true",
    )
    assert 'name="effects-0-priority"' in page.text
    assert "Urgent" in page.text


def test_condition_rows_come_without_losing_effects(manager) -> None:
    form = typed({"effect": "note", "text": "Kept words"}, _add_condition="conditions")
    page = manager.post(f"{LISTS['trigger']}/add", {**form, "when": "reopened"}).text
    assert 'name="conditions-0-field"' in page
    assert "Kept words" in page
    assert 'value="reopened" selected' in page


def test_switch_is_one_post(manager, rule) -> None:
    row = rule("routing", {"effect": "note", "text": "Hi"})
    url = f"{LISTS['routing']}/{row.pk}/use"
    assert manager.post(url, {"use": "off"}).status_code == 303
    assert not rules_in_force("routing").listening("created")
    manager.post(url, {"use": "on"})
    assert [spec.id for spec in rules_in_force("routing").listening("created")] == [row.pk]
    assert AuditEntry.objects.filter(verb="changed", subject_kind="rule").count() == 2


def test_copy_stands_behind_and_is_off(manager, rule) -> None:
    first, last = (rule("routing", {"effect": "note", "text": text}) for text in ("A", "B"))
    response = manager.post(f"{LISTS['routing']}/{first.pk}/copy")
    made = Rule.objects.get(name=f"{first.name} (copy)")
    assert response.headers["Location"] == f"{LISTS['routing']}/{made.pk}"
    assert not made.is_enabled
    order = Rule.objects.of_kind("routing").values_list("pk", flat=True)
    assert list(order) == [first.pk, made.pk, last.pk]


def test_order_is_that_of_the_version(manager, rule) -> None:
    first, last = (rule("routing", {"effect": "note", "text": text}) for text in ("A", "B"))
    manager.post(f"{LISTS['routing']}/{last.pk}/position", {"direction": "up"})
    assert [spec.id for spec in rules_in_force("routing").rules] == [last.pk, first.pk]
    manager.post(f"{LISTS['routing']}/{last.pk}/archive")
    assert [spec.id for spec in rules_in_force("routing").rules] == [first.pk]
    assert "Use Rule 2 again" in manager.get(LISTS["routing"]).text


def test_list_tells_matches_and_what_is_broken(manager, rule, cleo, technical) -> None:
    rule("classify", {"effect": "note", "text": "Hi"}, conditions=words("subject", "espresso"))
    rule("classify", {"effect": "set_priority", "priority": 99_999}, conditions=is_("tier", 99_999))
    for _number in range(2):
        make_ticket(cleo, technical)
    page = manager.get(LISTS["classify"]).text
    assert "2 matches in 30 days" in page
    assert "Broken" in page
    assert "names something that was deleted" in page


def test_list_asks_the_same_however_many_rules(manager, rule, statements, ada) -> None:
    for number in range(30):
        effect = {"effect": "assign_to", "agent": ada.pk}
        rule("routing", effect, conditions=words("subject", f"word{number}"))
    manager.get(LISTS["routing"])
    with statements(30):
        manager.get(LISTS["routing"])


def test_rule_that_hides_others_is_saved_only_when_insisted(manager, rule) -> None:
    rule("routing", {"effect": "note", "text": "A"}, conditions=words("subject", "invoice"))
    first = rule("routing", {"effect": "note", "text": "B"}, conditions=words("subject", "bill"))
    manager.post(f"{LISTS['routing']}/{first.pk}/position", {"direction": "up"})
    url = f"{LISTS['routing']}/{first.pk}"
    form = typed({"effect": "note", "text": "B"}, version=version_in(manager.get(url).text))
    page = manager.post(url, form)
    assert page.status_code == 422
    assert "which are never reached: Rule 1" in page.text
    assert manager.post(url, {**form, "is_sure": "on"}).status_code == 303
    assert "Never reached" in manager.get(LISTS["routing"]).text


def test_role_alone_is_warned_of(manager) -> None:
    form = typed(
        {"effect": "note", "text": "A"},
        **asked("subject", "contains_any", "down"),
        **asked("requester_role", "in", "Admin, Manager", number=1),
    )
    page = manager.post(f"{LISTS['routing']}/add", {**form, "conditions-match": "any"})
    assert "every question of such a person" in page.text
    assert manager.post(f"{LISTS['routing']}/add", form).status_code == 303


def test_macro_is_for_some(manager, ada, technical) -> None:
    form = typed({"effect": "close"}, department=str(technical.pk))
    assert manager.post(f"{LISTS['macro']}/add", form).status_code == 303
    assert "For Technical" in manager.get(LISTS["macro"]).text


def test_removal_page_of_a_priority_names_rules(manager, rule) -> None:
    rule("classify", {"effect": "set_priority", "priority": urgent()})
    rule("routing", {"effect": "note", "text": "A"}, conditions=is_("priority", urgent()))
    assert "2 rules" in manager.get(f"/admin/tickets/priorities/{urgent()}/removal").text


def test_rules_know_their_specs(rule) -> None:
    row = rule("routing", {"effect": "note", "text": "A"})
    assert isinstance(rules_in_force("routing").rule(row.pk), RuleSpec)
    assert not RuleRun.objects.exists()


def test_somebody_else_was_faster(manager, rule) -> None:
    row = rule("escalation", {"effect": "note", "text": "Theirs"}, trigger="created")
    form = typed({"effect": "note", "text": "Yours"}, when="reopened", level="0", version="old")
    page = manager.post(f"{LISTS['escalation']}/{row.pk}", form)
    assert page.status_code == 409
    for words_shown in ("note “Theirs”", "note “Yours”", "When a ticket is reopened"):
        assert words_shown in page.text


def test_ticket_tells_its_agents_what_rules_did(sign_in, ada, ben, rule, cleo, technical) -> None:
    rule("routing", {"effect": "note", "text": "Hi"}, name="Greet")
    url = f"/admin/tickets/ticket/{make_ticket(cleo, technical).number}/rules"
    page = sign_in(ada).get(url).text
    assert "Greet: note “Hi”" in page
    assert "/admin/logs/assignment/" not in page
    assert sign_in(ben).get(url).status_code == 404


def test_managers_look_into_runs_of_a_ticket(manager, rule, cleo, technical) -> None:
    rule("routing", {"effect": "note", "text": "Hi"})
    ticket = make_ticket(cleo, technical)
    page = manager.get(f"/admin/tickets/ticket/{ticket.number}/rules").text
    assert f"/admin/logs/assignment/{RuleRun.objects.get().pk}" in page
