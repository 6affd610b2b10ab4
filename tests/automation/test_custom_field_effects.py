"""Rules that answer custom fields and wait for answers; deadlines that follow them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import Department
from automation.models import EffectRun, Rule
from automation.versions import publish
from customers.models import Customer
from tests.factories import make_field, make_ticket
from tickets.actions import set_custom_values
from tickets.actors import Actor
from tickets.custom_fields import values_of, words_of
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def ticket(technical: Department, cleo: Customer) -> Ticket:
    return make_ticket(cleo, technical, now=NOW)


def rule(*effects: dict[str, Any], trigger: str = "custom_field_changed", **facts: Any) -> None:
    Rule.objects.create(
        kind="trigger", name="Own fields", trigger=trigger, effects=list(effects), **facts
    )
    publish("trigger", actor=None, now=NOW)


def say(ticket: Ticket, field: Any, value: Any) -> None:
    actor = Actor.system("test")
    set_custom_values(ticket, values={field.pk: value}, actor=actor, now=NOW)


def test_rule_answers_a_choice_by_its_words(technical: Department, cleo: Customer):
    tier = make_field("Tier", "dropdown", "Basic", "Pro")
    rule({"effect": "set_custom_field", "field": "tier", "value": "pro"}, trigger="created")
    ticket = make_ticket(cleo, technical, now=NOW)
    assert words_of(tier, values_of(ticket)[tier.pk]) == "Pro"


def test_changed_answer_sets_rules_going(ticket: Ticket):
    tier = make_field("Tier", "dropdown", "Basic", "Pro")
    pro = tier.options.get(label="Pro").pk
    conditions = {"field": "custom.tier", "op": "is", "value": pro}
    rule({"effect": "add_tags", "tags": ["vip"]}, conditions=conditions)
    say(ticket, tier, tier.options.get(label="Basic").pk)
    assert not ticket.tags.exists()
    say(ticket, tier, pro)
    assert [tag.name for tag in ticket.tags.all()] == ["vip"]


def test_unknown_option_is_told_in_the_log_and_changes_nothing(ticket: Ticket):
    tier, other = make_field("Tier", "dropdown", "Basic"), make_field("Order")
    rule({"effect": "set_custom_field", "field": "tier", "value": "Gold"})
    say(ticket, other, "A-1")
    assert "Gold" in EffectRun.objects.get().note
    assert tier.pk not in values_of(ticket)
