"""Conditions about tickets: their facts, and the database agreeing with them."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Team, User
from core.conditions import (
    NotQueryable,
    broken,
    clean,
    describe,
    fields,
    in_force,
    matches,
    query,
)
from core.conditions.operators import Operator
from core.memo import forget_all
from customers.models import Customer, Organisation, Tier
from tests.factories import make_customer, make_department, make_ticket, make_user
from tickets.actions import set_tags
from tickets.actors import Actor
from tickets.conditions import ticket_facts
from tickets.models import Attachment, Message, Priority, Service, Tag, Ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 3, 10, 12, tzinfo=UTC)
SETTLED = ["customer", "customer_vip", "organisation", "tier", "department", "service"]
SETTLED += ["channel", "priority", "status_kind", "tags", "subject"]
QUERIED = [key for key in fields.names() if fields[key].is_queryable]


@pytest.fixture
def tiers() -> list[Tier]:
    Tier.objects.all().delete()
    forget_all()
    names = ["Enterprise", "Pro", "Basic"]
    return [Tier.objects.create(name=n, slug=n.lower(), rank=r) for r, n in enumerate(names, 1)]


@pytest.fixture
def people(tiers: list[Tier]) -> list[Customer]:
    """With and without organisation, own tier, inherited tier, and none of it."""
    agent, other = make_user("ada"), make_user("ben")
    harbour = Organisation.objects.create(
        name="Harbour Foods", tier=tiers[0], monthly_spend=12_000, dedicated_agent=agent
    )
    studio = Organisation.objects.create(name="Northlight Studio")
    return [
        make_customer("Cleo", "", harbour, is_vip=True, role="Administrator", created_at=NOW),
        make_customer(
            "Noor",
            "noor@harbour.example",
            harbour,
            tier=tiers[1],
            dedicated_agent=other,
            monthly_spend=Decimal("99.90"),
            language="de",
            created_at=NOW - timedelta(days=29, hours=23),
        ),
        make_customer(
            "Otto",
            "otto@northlight.example",
            studio,
            tier=tiers[2],
            role="İnhaber",
            created_at=NOW - timedelta(days=30),
        ),
        make_customer("Pia", "pia@private.example", created_at=NOW + timedelta(hours=1)),
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
            assignee=[people[1].dedicated_agent, None, people[0].effective_agent][number % 3],
            created_at=NOW - timedelta(hours=20 * number),
            last_customer_at=[NOW, None, NOW - timedelta(hours=48)][number % 3],
            last_staff_at=[None, NOW - timedelta(days=3)][number % 2],
            last_human_at=[NOW - timedelta(hours=47, minutes=59), None][number % 2],
            reopened_count=number % 3,
            escalation_level=number % 2,
            sla_state=["", "running", "failed"][number % 3],
            sla_metric=["", "resolution"][number % 2],
        )
        _dress(ticket, number)
        made.append(Ticket.objects.get(pk=ticket.pk))
    return made


def _dress(ticket: Ticket, number: int) -> None:
    """Who wrote the message that opened it, with a file now and then."""
    message = ticket.messages.get()
    address = ["Noor@Harbour.example", "", "otto@northlight.example", "odd"][number % 4]
    Message.objects.filter(pk=message.pk).update(author_email=address)
    if number % 3 == 0:
        Attachment.objects.create(
            ticket=ticket, message=message, size=1, filename="a.txt", created_at=NOW
        )


def team_of(person: User | None, **facts: Any) -> Team:
    team = Team.objects.create(**facts)
    team.members.set([person] if person else [])
    return team


def facts_of(tickets: list[Ticket]) -> dict[int, dict[str, Any]]:
    return {ticket.pk: ticket_facts(ticket, now=NOW) for ticket in tickets}


def leaf(field: str, op: str, value: Any = None) -> dict[str, Any]:
    asked = {"field": field, "op": op}
    return asked if value is None else {**asked, "value": value}


def trees(values: dict[str, list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Any tree over the fields with a query, asking for values that occur and one that does not."""
    leaves = [
        leaf(key, operator.key, value)
        for key in QUERIED
        for operator in _askable(key)
        for value in _asked(operator.shape, values[key])
    ]
    groups: Callable[..., Any] = lambda inner: st.builds(  # noqa: E731 -- hypothesis asks for one
        lambda kind, members: {kind: members},
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3),
    )
    return st.recursive(st.sampled_from(leaves), groups, max_leaves=8)


def _askable(key: str) -> list[Operator]:
    """Words in a text are for facts alone."""
    spec = fields[key]
    is_text = spec.kind == "text"
    return [one for one in spec.operators if not (is_text and one.shape == "words")]


def _asked(shape: str, values: list[Any]) -> list[Any]:
    if shape == "nothing":
        return [None]
    if shape in {"days", "hours"}:
        return [1, 2, 3, 48]
    if shape == "day":
        return [value[:10] for value in values]
    if shape == "line":
        return [*values, *(value[:3].swapcase() for value in values)]
    return values if shape == "one" else [values[:1], values[-2:], values]


def _values(facts: dict[int, dict[str, Any]]) -> dict[str, list[Any]]:
    """What occurs, and some that does not."""
    values = {
        key: [*dict.fromkeys(value for fact in facts.values() for value in _flat(fact[key]))]
        for key in QUERIED
    }
    values["tags"] += ["ärger", "LINE", "nowhere"]
    for key in QUERIED:
        if fields[key].kind == "number":
            values[key] += [0, 1, 1.5, -3, 29.5, 99.9, 10**15, -(10**15)]
    return values


def test_the_database_agrees_with_the_facts(tickets: list[Ticket]) -> None:
    team_of(tickets[0].assignee, name="Night", tier="tier2", position=2)
    team_of(tickets[0].assignee, name="Day", tier="tier1", position=1)
    team_of(tickets[2].assignee, name="Past", tier="tier1", archived_at=NOW)
    facts = facts_of(tickets)
    values = _values(facts)

    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
    @given(trees(values))
    def agrees(tree: dict[str, Any]) -> None:
        expected = {pk for pk, fact in facts.items() if matches(tree, fact)}
        found = Ticket.objects.filter(query(tree, now=NOW)).values_list("pk", flat=True)
        assert sorted(found) == sorted(expected)

    agrees()


def _flat(value: Any) -> list[Any]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if item not in (None, "")]


def test_every_condition_of_each_field_agrees_alone(tickets: list[Ticket]) -> None:
    facts = facts_of(tickets)
    values = _values(facts)
    for key in QUERIED:
        for operator in _askable(key):
            for value in _asked(operator.shape, values[key]):
                tree = {"none": [leaf(key, operator.key, value)]}
                expected = {pk for pk, fact in facts.items() if matches(tree, fact)}
                found = Ticket.objects.filter(query(tree, now=NOW))
                assert set(found.values_list("pk", flat=True)) == expected, tree


def test_facts_are_plain_values(tickets: list[Ticket], people: list[Customer]) -> None:
    facts = ticket_facts(tickets[2], now=NOW, before={"status": tickets[1].status, "service": None})
    assert json.loads(json.dumps(facts)) == facts
    previous = {key for key, _spec in fields if key.startswith("previous_")}
    assert {key for key, _spec in fields} - set(facts) == previous - {
        "previous_status",
        "previous_status_kind",
        "previous_service",
    } | {"survey_score"}
    assert facts["changed"] == ["service", "status"]
    assert facts["previous_service"] is None
    assert facts["customer"] == people[2].pk
    assert facts["tags"] == ["vip", "ärger"]
    assert facts["status_kind"] == "resolved"
    assert facts["subject"] == "Espresso line down"


def test_tier_is_the_own_one_else_the_organisations(
    tickets: list[Ticket], tiers: list[Tier]
) -> None:
    seen = [ticket_facts(ticket)["tier"] for ticket in tickets[:4]]
    assert seen == [tiers[0].pk, tiers[1].pk, tiers[2].pk, None]


def test_policies_keep_only_what_is_settled(tickets: list[Ticket]) -> None:
    assert sorted(ticket_facts(tickets[0])) == sorted(SETTLED)


def test_facts_ask_little(tickets: list[Ticket], statements: Any) -> None:
    ticket = Ticket.objects.select_related("customer__organisation").get(pk=tickets[0].pk)
    with statements(1):
        ticket_facts(ticket)
    message, unjoined = ticket.messages.get(), Ticket.objects.get(pk=ticket.pk)
    with statements(3):
        ticket_facts(unjoined, now=NOW, message=message)
    with statements(3):
        ticket_facts(ticket, now=NOW)


def test_the_hours_are_those_of_the_department(tickets: list[Ticket]) -> None:
    tuesday, sunday = datetime(2025, 3, 11, 17, tzinfo=UTC), datetime(2025, 3, 9, 17, tzinfo=UTC)
    seen = [ticket_facts(tickets[0], now=at)["hours"] for at in (tuesday, sunday)]
    assert seen == ["open", "weekend"]


def test_what_a_message_says_is_its_new_text(tickets: list[Ticket]) -> None:
    message = tickets[0].messages.get()
    message.text = "It is down\n> not urgent\n\n-- \nUrgent Care Clinic"
    facts = ticket_facts(tickets[0], message=message, now=NOW)
    assert facts["body"] == "It is down"
    assert facts["subject_body"] == "Espresso line down\nIt is down"


def test_words_and_what_only_facts_tell_is_not_asked_of_the_database() -> None:
    for key, op in (("body", "contains_any"), ("sender_address", "contains_any"), ("hours", "is")):
        with pytest.raises(NotQueryable):
            query(leaf(key, op, ["open"]), now=NOW)
    with pytest.raises(NotQueryable):
        query(leaf("account_age_days", "less", 30))


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
