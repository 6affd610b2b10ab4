"""Conditions about tickets: their facts, and the database agreeing with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.conditions import broken, clean, describe, fields, in_force, matches, query
from core.memo import forget_all
from customers.models import Customer, Organisation, Tier
from tests.factories import make_customer, make_department, make_ticket
from tickets.actions import set_tags
from tickets.actors import Actor
from tickets.conditions import ticket_facts
from tickets.models import Priority, Service, Tag, Ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)
QUERIED = ["customer", "customer_vip", "organisation", "tier", "department", "service"]
QUERIED += ["channel", "priority", "status_kind", "tags"]


@pytest.fixture
def tiers() -> list[Tier]:
    Tier.objects.all().delete()
    forget_all()
    names = ["Enterprise", "Pro", "Basic"]
    return [Tier.objects.create(name=n, slug=n.lower(), rank=r) for r, n in enumerate(names, 1)]


@pytest.fixture
def people(tiers: list[Tier]) -> list[Customer]:
    """With and without organisation, own tier, inherited tier, and none of it."""
    harbour = Organisation.objects.create(name="Harbour Foods", tier=tiers[0])
    studio = Organisation.objects.create(name="Northlight Studio")
    return [
        make_customer("Cleo", "", harbour, is_vip=True),
        make_customer("Noor", "noor@harbour.example", harbour, tier=tiers[1]),
        make_customer("Otto", "otto@northlight.example", studio, tier=tiers[2]),
        make_customer("Pia", "pia@private.example"),
    ]


@pytest.fixture
def tickets(people: list[Customer]) -> list[Ticket]:
    departments = [make_department("Technical", is_default=True), make_department("Billing")]
    services = [*Service.objects.all()[:2], None]
    tags = [[], ["vip"], ["VIP", "Ärger"], ["line", "hardware"]]
    channels = [Ticket.Channel.EMAIL, Ticket.Channel.PORTAL, Ticket.Channel.API]
    made = []
    for number in range(8):
        ticket = make_ticket(
            people[number % 4],
            departments[number % 2],
            service=services[number % 3],
            channel=channels[number % 3],
        )
        ticket = set_tags(ticket, names=tags[number % 4], actor=Actor.system("test"), now=NOW)
        kinds = ["new", "waiting_customer", "resolved", "open"]
        Ticket.objects.filter(pk=ticket.pk).update(
            status_kind=kinds[number % 4],
            is_open=False,
            priority=Priority.objects.all()[number % 3],
        )
        made.append(Ticket.objects.get(pk=ticket.pk))
    return made


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    asked = {"field": field, "op": op}
    return asked if value is None else {**asked, "value": value}


def trees(values: dict[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Any tree over the fields with a query, asking for values that occur and one that does not."""
    leaves = [
        leaf(key, operator.key, value)
        for key in QUERIED
        for operator in fields[key].operators
        for value in _asked(operator.shape, values[key])
    ]
    groups: Callable[..., Any] = lambda inner: st.builds(  # noqa: E731 -- hypothesis asks for one
        lambda kind, members: {kind: members},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3),
    )
    return st.recursive(st.sampled_from(leaves), groups, max_leaves=8)


def _asked(shape: str, values: list[Any]) -> list[Any]:
    if shape == "nothing":
        return [None]
    return values if shape == "one" else [values[:1], values[-2:], values]


def test_the_database_agrees_with_the_facts(tickets: list[Ticket]) -> None:
    facts = {ticket.pk: ticket_facts(ticket) for ticket in tickets}
    values = {
        key: [*dict.fromkeys(value for fact in facts.values() for value in _flat(fact[key]))]
        for key in QUERIED
    }
    values["tags"] += ["ärger", "LINE", "nowhere"]

    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
    @given(trees(values))
    def agrees(tree: dict[str, Any]) -> None:
        expected = {pk for pk, fact in facts.items() if matches(tree, fact)}
        found = Ticket.objects.filter(query(tree)).values_list("pk", flat=True)
        assert sorted(found) == sorted(expected)

    agrees()


def _flat(value: Any) -> list[Any]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if item is not None]


def test_every_condition_of_each_field_agrees_alone(tickets: list[Ticket]) -> None:
    facts = {ticket.pk: ticket_facts(ticket) for ticket in tickets}
    for key in QUERIED:
        values = [*dict.fromkeys(v for fact in facts.values() for v in _flat(fact[key]))]
        for operator in fields[key].operators:
            for value in _asked(operator.shape, values):
                tree = {"none": [leaf(key, operator.key, value)]}
                expected = {pk for pk, fact in facts.items() if matches(tree, fact)}
                assert set(Ticket.objects.filter(query(tree)).values_list("pk", flat=True)) == (
                    expected
                ), tree


def test_facts_are_plain_values(tickets: list[Ticket], people: list[Customer]) -> None:
    facts = ticket_facts(tickets[2])
    assert json.loads(json.dumps(facts)) == facts
    assert set(facts) == {key for key, _spec in fields}
    assert facts["customer"] == people[2].pk
    assert facts["tags"] == ["vip", "ärger"]
    assert facts["status_kind"] == "resolved"
    assert facts["subject"] == "Espresso line down"


def test_tier_is_the_own_one_else_the_organisations(
    tickets: list[Ticket], tiers: list[Tier]
) -> None:
    seen = [ticket_facts(ticket)["tier"] for ticket in tickets[:4]]
    assert seen == [tiers[0].pk, tiers[1].pk, tiers[2].pk, None]


def test_facts_ask_little(tickets: list[Ticket], statements) -> None:
    ticket = Ticket.objects.select_related("customer__organisation").get(pk=tickets[0].pk)
    with statements(1):
        ticket_facts(ticket)


def test_a_policy_reads_as_a_sentence(tickets: list[Ticket], tiers: list[Tier]) -> None:
    tree = {"all": [leaf("tier", "is", tiers[0].pk), leaf("channel", "is", "email")]}
    assert clean(tree, allowed=["tier", "channel"]) == tree
    assert describe(tree) == "Tier is Enterprise and Channel is E-mail"
    assert matches(tree, ticket_facts(tickets[0]))


def test_a_deleted_tier_breaks_the_condition(tickets: list[Ticket], tiers: list[Tier]) -> None:
    tree = {"none": [leaf("tier", "is", tiers[2].pk)]}
    assert matches(in_force(tree), ticket_facts(tickets[0]))
    Organisation.objects.update(tier=None)
    Customer.objects.update(tier=None)
    tiers[2].delete()
    assert broken(tree) == ["Tier names something that was deleted."]
    assert not matches(in_force(tree), ticket_facts(tickets[0]))


def test_an_archived_department_is_still_a_department(tickets: list[Ticket]) -> None:
    tree = leaf("department", "is", tickets[1].department_id)
    tickets[1].department.archived_at = NOW
    tickets[1].department.save()
    forget_all()
    assert clean(tree, allowed=["department"]) == tree
    assert broken(tree) == []
    assert describe(tree) == "Department is Billing"


def test_a_merged_customer_breaks_the_condition(people: list[Customer]) -> None:
    tree = leaf("customer", "is", people[3].pk)
    assert broken(tree) == []
    people[3].merged_into = people[0]
    people[3].save()
    assert broken(tree) == ["Customer names something that was deleted."]


@pytest.mark.parametrize("value", [0, -1, 2**63, 10**30, "1", "x", 1.0, None, [1], {}])
def test_odd_values_are_refused_before_the_database_sees_them(value: Any) -> None:
    for key in ("customer", "organisation", "tier", "department", "service", "priority"):
        with pytest.raises(ValidationError):
            clean({"field": key, "op": "is", "value": value}, allowed=[key])


def test_a_tag_of_no_ticket_is_on_no_ticket(tickets: list[Ticket]) -> None:
    Tag.objects.create(name="unused")
    assert not Ticket.objects.filter(query(leaf("tags", "contains_any", ["UNUSED"]))).exists()
