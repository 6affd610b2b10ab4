"""Golden: each shipped rule takes a ticket it is meant for, and leaves one that only looks like it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Department, Team
from automation.models import RuleRun
from automation.preset_files import all_presets
from automation.presets_applying import apply_preset
from automation.running import Occasion, run_rules
from automation.versions import rules_in_force
from customers.models import Customer, Tier
from tests.automation.conftest import NOW
from tests.factories import make_customer, make_department, make_ticket, make_user
from tickets.actors import Actor
from tickets.models import Priority, Status, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def counter(technical, billing) -> Department:
    """A department no shipped rule is about."""
    return make_department("Counter")


# preset, subject, text, the rules that match
BY_WORDS = [
    ("keyword-priorities", "URGENT: nothing works", "", {"Urgent, down, outage: high"}),
    ("keyword-priorities", "Everything is down!", "", {"Urgent, down, outage: high"}),
    ("keyword-priorities", "Network outage", "", {"Urgent, down, outage: high"}),
    ("keyword-priorities", "I cannot download it", "", set()),
    ("keyword-priorities", "Hello", "The urgent care clinic, 5 Main Street", set()),
    ("keyword-priorities", "Grinder broken", "", {"Broken, error: medium"}),
    ("keyword-priorities", "Brokenhearted", "terror", set()),
    ("keyword-priorities", "A question", "", {"Question: low"}),
    ("keyword-priorities", "Questionnaire", "", set()),
    ("categories", "Login", "", {"Authentication issues"}),
    ("categories", "Catalogin", "", set()),
    ("categories", "It is so slow", "", {"Performance issues"}),
    ("categories", "Slowly but surely", "", set()),
    ("categories", "Help", "I can't access my files", {"Access and permissions"}),
    ("categories", "Help", "I have access to all", set()),
    ("categories", "Help", "An error message appears", {"Error and bug reports"}),
    ("categories", "Error", "A message appears", set()),
    ("categories", "How do I clean it?", "", {"Training and configuration"}),
    ("categories", "I do it like this", "", set()),
    ("decision-tree", "Server down", "", {"P1 keywords"}),
    ("decision-tree", "Download page", "", {"General"}),
    ("decision-tree", "My invoice", "", {"Billing"}),
    ("decision-tree", "The billboard", "", {"General"}),
    ("decision-tree", "A bug in the API", "", {"Technical: API & Integrations"}),
    ("decision-tree", "Error while loading", "", {"Technical: Performance"}),
    ("decision-tree", "CSV export: error", "", {"Technical: Data & Import"}),
    ("decision-tree", "The button is broken", "", {"Technical: UI/UX Issues"}),
    ("decision-tree", "It is not working", "", {"Technical"}),
    ("decision-tree", "You issued a card", "", {"General"}),
    ("rules-engine", "Critical!", "", {"Priority detection"}),
    ("rules-engine", "Critically acclaimed", "", set()),
    ("rules-engine", "Payment", "", {"Category: billing"}),
    ("rules-engine", "Prepayments", "", set()),
    ("rules-engine", "A broken jug", "", {"Category: technical"}),
    ("rules-engine", "Buggy", "", set()),
    ("rules-engine", "Is it possible to swap?", "", {"Category: how-to"}),
    ("rules-engine", "It is impossible", "", set()),
    ("simple", "Your invoice", "", {"Billing"}),
    ("simple", "Voice", "", set()),
    ("simple", "Error 7", "", {"Technical"}),
    ("simple", "Terrors", "", set()),
    ("skill-triage", "Webhook", "", {"API & Integrations"}),
    ("skill-triage", "The app may crash", "", {"Performance"}),
    ("skill-triage", "Import of data", "", {"Data & Import"}),
    ("skill-triage", "Display", "", {"UI/UX Issues"}),
    ("skill-triage", "Important capital, crashed clicker", "", set()),
]


@pytest.mark.parametrize(("slug", "subject", "text", "names"), BY_WORDS)
def test_words_decide(otto, counter, slug: str, subject: str, text: str, names: set) -> None:
    old(otto)
    force(slug)
    ticket = make_ticket(otto, counter, subject=subject, text=text or "Hello.")
    assert matched(ticket, all_presets()[slug].kind) == names


@pytest.mark.parametrize(
    ("slug", "facts", "name"),
    [
        ("decision-tree", {"tier": "enterprise"}, "Enterprise"),
        ("decision-tree", {"tier": "pro"}, "General"),
        ("rules-engine", {"role": "Manager"}, "Priority detection"),
        ("rules-engine", {"role": "Management"}, ""),
        ("rules-engine", {"tier": "enterprise"}, "VIP"),
        ("rules-engine", {"role": "Administrator"}, "VIP"),
        ("rules-engine", {"monthly_spend": Decimal("10000.01")}, "VIP"),
        ("rules-engine", {"monthly_spend": Decimal(10000)}, ""),
        ("simple", {"is_vip": True}, "Important customers to senior agents"),
        ("simple", {"dedicated_agent": True}, "Customers with an agent of their own"),
        ("simple", {}, ""),
    ],
)
def test_who_asks_decides(otto, counter, ada, slug: str, facts: dict, name: str) -> None:
    slugs = enumerate(("enterprise", "pro"), start=1)
    tiers = {row: Tier.objects.create(slug=row, name=row, rank=rank) for rank, row in slugs}
    old(otto, **{**facts, **({"tier": tiers[facts["tier"]]} if "tier" in facts else {})})
    if facts.get("dedicated_agent"):
        old(otto, dedicated_agent=ada)
    force(slug)
    ticket = make_ticket(otto, counter, subject="Hello", text="A plain word.")
    assert matched(ticket, "routing") == ({name} if name else set())


@pytest.mark.parametrize(
    ("days", "text", "names"),
    [
        (3, "Getting started", {"Onboarding"}),
        (31, "Getting started", set()),
        (3, "We started it", set()),
    ],
)
def test_new_customers_are_welcomed(technical, days: int, text: str, names: set) -> None:
    customer = make_customer("Nell", "nell@private.example")
    Customer.objects.filter(pk=customer.pk).update(created_at=NOW - timedelta(days=days))
    customer.refresh_from_db()
    force("rules-engine")
    ticket = make_ticket(customer, technical, subject="Hello", text=text, now=NOW)
    assert matched(ticket, "routing") == names


def test_departments_take_turns(otto, technical, billing) -> None:
    force("simple")
    for department, name in ((technical, "Technical"), (billing, "Billing")):
        ticket = make_ticket(otto, department, subject="Hello", text="A plain word.")
        assert matched(ticket, "routing") == {name}


FLAGGED = {"First response missed": "first_response", "Resolution missed": "resolution"}


@pytest.mark.parametrize(("name", "metric"), FLAGGED.items())
def test_missed_deadlines_escalate(otto, technical, name: str, metric: str) -> None:
    furnish()
    ticket = make_ticket(otto, technical)
    assert name in happened(ticket, "clock_breached", metric=metric)
    assert name not in happened(ticket, "clock_breached", metric="update")


def test_near_deadline_is_told_to_who_has_the_ticket(otto, technical, ada) -> None:
    furnish()
    free, given = make_ticket(otto, technical), make_ticket(otto, technical)
    Ticket.objects.filter(pk=given.pk).update(assignee=ada)
    given.refresh_from_db()
    asked = {"trigger": "clock_warned", "metric": "first_response"}
    assert happened(free, **asked) == {"First response is near: department"}
    assert happened(given, **asked) == {"First response is near: assignee"}


@pytest.mark.parametrize(
    ("trigger", "rank", "facts", "names"),
    [
        ("unresolved_after", 1, {}, {"P1 unresolved for 2 hours"}),
        ("unresolved_after", 4, {}, {"P4 unresolved for 3 days"}),
        ("idle_after_customer_reply", 2, {}, {"Customer waits 4 hours after writing"}),
        ("unanswered_for", 2, {}, {"No staff reply for 4 hours"}),
        ("unassigned_for", 2, {}, {"Nobody has it for 30 minutes"}),
        ("overdue_for", 2, {}, {"Update missed"}),
        ("created", 1, {"is_vip": True}, {"Important customer, top priority"}),
        ("created", 2, {"is_vip": True}, set()),
        ("created", 1, {}, set()),
    ],
)
def test_steps_of_the_ladder(otto, technical, trigger: str, rank: int, facts: dict, names) -> None:
    old(otto, **facts)
    priority = Priority.objects.get(rank=rank)
    ticket = make_ticket(otto, technical, priority=priority)
    furnish()
    assert happened(ticket, trigger) == names


def test_first_tier_hands_over_to_the_second(otto, technical) -> None:
    furnish()
    member = make_user("Mike", "agent", technical)
    Team.objects.create(name="Tier 1", tier="tier1").members.add(member)
    ticket = make_ticket(otto, technical, priority=Priority.objects.get(rank=2))
    assert "P2 to the second tier after 4 hours" not in happened(ticket, "unresolved_after")
    Ticket.objects.filter(pk=ticket.pk).update(assignee=member)
    ticket.refresh_from_db()
    assert "P2 to the second tier after 4 hours" in happened(ticket, "unresolved_after")


def test_low_scores_alert(otto, technical) -> None:
    furnish()
    ticket = make_ticket(otto, technical)
    assert happened(ticket, "survey_answered", survey_score=3) == {"Customer is not satisfied"}
    assert happened(ticket, "survey_answered", survey_score=4) == set()


def test_emergencies_are_for_the_emergency_department(otto, technical) -> None:
    furnish()
    rules = {rule.name: rule for rule in rules_in_force("escalation").rules}
    department = rules["Emergency"].conditions["all"][0]["value"]
    ticket = make_ticket(otto, technical, priority=Priority.objects.get(rank=1))
    assert "Emergency" not in happened(ticket, "created")
    Ticket.objects.filter(pk=ticket.pk).update(department=department)
    ticket.refresh_from_db()
    assert "Emergency" in happened(ticket, "created")
    assert "Emergency without an agent" in happened(ticket, "unassigned_for")


@pytest.mark.parametrize("slug", ["auto-close", "macros"])
def test_every_rule_without_conditions_fits_every_ticket(otto, technical, slug: str) -> None:
    furnish()
    Status.objects.create(slug="resolved", name="Resolved", kind="resolved", is_default=True)
    force(slug)
    rules = rules_in_force(all_presets()[slug].kind)
    assert [rule.name for rule in rules.rules] == [one.name for one in all_presets()[slug].rules]
    assert all(rule.conditions == {} for rule in rules.rules)


def old(customer: Customer, **facts: Any) -> None:
    """Somebody who has been here for long."""
    for name, value in {"created_at": NOW - timedelta(days=900), **facts}.items():
        if value is not True or name == "is_vip":
            setattr(customer, name, value)
    customer.save()


def force(slug: str) -> None:
    apply_preset(slug, actor=None, now=NOW, makes=True, is_enabled=True)


def furnish() -> None:
    """The ladder in force, with a second tier to hand over to."""
    Team.objects.create(name="Tier 2", tier="tier2")
    force("escalation")


def matched(ticket: Ticket, kind: str) -> set[str]:
    run = RuleRun.objects.filter(ticket=ticket, kind=kind).earliest("pk")
    return {rule.name for rule in rules_in_force(kind).rules if rule.id in run.matched}


def happened(ticket: Ticket, trigger: str, **args: Any) -> set[str]:
    """The names of the steps that fit when this happens to the ticket."""
    occasion = Occasion(
        ticket=ticket, trigger=trigger, now=NOW, actor=Actor.system("Clock"), args=args
    )
    run = run_rules("escalation", occasion)
    rules = rules_in_force("escalation").rules
    return {rule.name for rule in rules if run and rule.id in run.matched}
