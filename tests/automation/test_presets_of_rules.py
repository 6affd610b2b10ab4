"""Shipped rules: every one can be made, says what it lacks, and is taken over once."""

from __future__ import annotations

import pytest

from accounts.models import Department, Role, Skill, Team
from automation.effects import clean_effects
from automation.models import OnCallSchedule, Rule
from automation.preset_files import all_presets
from automation.presets_applying import apply_preset, plans_of
from automation.rule_forms import condition_fields
from automation.sentences import broken_words, spec_of
from automation.triggers import clean_trigger
from automation.versions import rules_in_force
from core.conditions import clean
from customers.models import Tier
from notifications.models import Endpoint
from sla.models import SlaPolicy
from tests.automation.conftest import NOW
from tests.factories import make_department
from tickets.models import Status

pytestmark = pytest.mark.django_db

PAGE = "/admin/rules/presets"


@pytest.fixture
def furnished(db) -> None:
    """An installation in which every word of every preset means something."""
    Tier.objects.create(name="Enterprise", slug="enterprise", rank=1)
    SlaPolicy.objects.create(name="Priority support / VIP", position=10)
    Status.objects.create(slug="resolved", name="Resolved", kind="resolved", is_default=True)
    OnCallSchedule.objects.create(name="Engineers", starts_on=NOW.date())
    make_department("Existing")
    for tier in ("tier2", "leadership"):
        Team.objects.create(name=tier, tier=tier)
    for kind in ("slack", "pagerduty"):
        Endpoint.objects.create(kind=kind, name=kind, slug=kind, created_at=NOW)


@pytest.mark.parametrize("slug", all_presets())
def test_every_shipped_rule_can_be_written_in_its_form(furnished, slug: str) -> None:
    preset = all_presets()[slug]
    apply_preset(slug, actor=None, now=NOW, makes=True)
    rows = list(Rule.objects.filter(preset=slug).order_by("position"))
    assert [row.name for row in rows] == [rule.name for rule in preset.rules]
    for row in rows:
        assert clean_effects(row.effects, kind=row.kind) == row.effects
        assert clean(row.conditions, allowed=condition_fields(row.kind)) == row.conditions
        trigger = clean_trigger(row.trigger, row.trigger_args, kind=row.kind)
        assert trigger == (row.trigger, row.trigger_args)
        assert broken_words(spec_of(row)) == []
        assert not row.is_enabled


def test_nothing_is_left_out_where_all_is_there(furnished) -> None:
    for slug in all_presets():
        apply_preset(slug, actor=None, now=NOW, makes=True)
    left_out = [one for preset in all_presets().values() for one in plans_of(preset)]
    assert not [one for plan in left_out for one in plan.left_out]


def test_what_is_missing_is_said_and_the_rule_skipped(sign_in, max_, billing) -> None:
    client = sign_in(max_)
    page = client.get(PAGE).text
    assert "The department Emergency does not exist." in page
    assert "Make what is missing: Emergency, Priority Support" in page
    assert "There is no on-call schedule yet. It is left out." in page
    client.post(f"{PAGE}/decision-tree")
    assert list(Rule.objects.values_list("name", flat=True)) == ["Billing"]
    assert not Department.objects.filter(slug="emergency").exists()


def test_departments_and_skills_are_made_when_asked(sign_in, max_, technical) -> None:
    client = sign_in(max_)
    response = client.post(f"{PAGE}/skill-triage", {"makes": "yes", "use": "on"})
    assert response.headers["Location"] == "/admin/assignment_rules"
    assert Skill.objects.filter(name="UI/UX Issues").count() == 1
    assert Department.objects.count() == 1
    assert len(rules_in_force("routing").listening("created")) == 4
    assert rules_in_force("routing").rules[0].effects[0]["department"] == technical.pk


def test_taking_over_twice_changes_nothing(sign_in, max_) -> None:
    client = sign_in(max_)
    for _number in range(2):
        client.post(f"{PAGE}/keyword-priorities")
    assert Rule.objects.count() == 3
    assert "Taken over" in client.get(PAGE).text


def test_rules_go_behind_those_in_use(rule) -> None:
    rule("classify", {"effect": "close"}, name="Mine")
    apply_preset("keyword-priorities", actor=None, now=NOW)
    assert next(iter(rules_in_force("classify").rules)).name == "Mine"


def test_unknown_preset_is_not_found(sign_in, max_) -> None:
    assert sign_in(max_).post(f"{PAGE}/nonsense").status_code == 404


def test_archived_department_comes_back(technical, max_) -> None:
    technical.archived_at = NOW
    technical.save()
    apply_preset("skill-triage", actor=max_, now=NOW, makes=True)
    technical.refresh_from_db()
    assert technical.archived_at is None
    assert technical.addresses.count() == 2
    assert Role.objects.exists()
