"""Conditions about custom fields: known while in use, and the database agreeing with the facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection

from accounts.models import Department
from core.conditions import NotQueryable, broken, clean, describe, fields, in_force, matches, query
from customers.models import Customer
from tests.factories import make_field, make_ticket
from tickets import actions
from tickets.actors import Actor
from tickets.conditions import ticket_facts
from tickets.custom_fields.conditions import forget_fields
from tickets.custom_fields.spoken import value_of_words
from tickets.models import CustomField, Ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ANSWERS = {
    "text": ("ORD-1", "ord-2", ""),
    "url": ("https://a.example/1", "https://b.example", ""),
    "number": ("3", "12.5", ""),
    "date": ("2026-03-01", "2025-01-10", ""),
    "dropdown": ("Basic", "Pro", ""),
    "multi": ("Pump", "Pump, Valve", ""),
    "checkbox": ("yes", "", ""),
}
OPTIONS = {"dropdown": ("Basic", "Pro"), "multi": ("Pump", "Valve")}
ASKED: dict[str, list[tuple[str, Any]]] = {
    "text": [("is", "ord-1"), ("is_not", "ORD-2"), ("in", ["ORD-2", "x"]), ("starts_with", "ORD")],
    "url": [("is", "https://a.example/1"), ("starts_with", "https://b")],
    "number": [("is", 3), ("is_not", 12.5), ("greater", 3), ("less", 12.5)],
    "date": [
        ("before", "2026-03-01"),
        ("after", "2025-01-10"),
        ("within_last", 30),
        ("within_hours", 34),
        ("longer_ago", 24),
    ],
    "dropdown": [("is", 0), ("is_not", 0), ("in", [0, 1])],
    "multi": [
        ("contains_any", ["valve"]),
        ("contains_all", ["Pump", "Valve"]),
        ("contains_none", ["Valve"]),
        ("contains_any", ["nonsense"]),
    ],
    "checkbox": [("is", True), ("is", False)],
}
CASES = [(kind, op, value) for kind, asked in ASKED.items() for op, value in asked]
CASES += [(kind, "is_empty", None) for kind in ASKED if kind != "checkbox"]


@pytest.fixture
def place(technical: Department, cleo: Customer) -> tuple[Customer, Department]:
    return cleo, technical


def answer(ticket: Ticket, field: CustomField, words: str) -> None:
    values = {field.pk: value_of_words(field, words)}
    actions.set_custom_values(ticket, values=values, actor=Actor.system("test"), now=NOW)


def leaf(field: CustomField, op: str, value: Any) -> dict[str, Any]:
    """The condition; choices are named by their place."""
    if field.kind == "dropdown" and value is not None:
        keys = [row.pk for row in field.options.all()]
        value = [keys[one] for one in value] if isinstance(value, list) else keys[value]
    asked = {"field": field.key, "op": op}
    return asked if value is None else {**asked, "value": value}


@pytest.mark.parametrize(("kind", "op", "value"), CASES)
def test_database_agrees_with_the_facts(
    place: tuple[Customer, Department], kind: str, op: str, value: Any
):
    field = make_field("Detail", kind, *OPTIONS.get(kind, ()))
    tickets = [make_ticket(*place, now=NOW) for _answer in ANSWERS[kind]]
    for ticket, words in zip(tickets, ANSWERS[kind], strict=True):
        answer(ticket, field, words)
    tree = clean(leaf(field, op, value), allowed=[field.key])
    by_facts = {one.pk for one in tickets if matches(tree, ticket_facts(one, now=NOW))}
    settled = {
        one.pk for one in tickets if matches(tree, {**ticket_facts(one), "now": NOW.isoformat()})
    }
    by_query = set(Ticket.objects.filter(query(tree, now=NOW)).values_list("pk", flat=True))
    assert by_query == by_facts == settled


def test_words_inside_a_text_are_for_facts_only(place: tuple[Customer, Department]):
    field, ticket = make_field("Detail"), make_ticket(*place, now=NOW)
    answer(ticket, field, "blue valve")
    tree = {"field": field.key, "op": "contains_any", "value": ["Valve"]}
    assert matches(tree, ticket_facts(ticket, now=NOW))
    with pytest.raises(NotQueryable):
        query(tree)


def test_archived_field_is_broken_and_fits_nothing(place: tuple[Customer, Department]):
    field, ticket = make_field("Detail"), make_ticket(*place, now=NOW)
    tree = {"none": [{"field": field.key, "op": "is", "value": "x"}]}
    assert Ticket.objects.filter(query(tree)).exists()
    CustomField.objects.update(archived_at=NOW)
    forget_fields()
    assert broken(tree)
    assert not matches(in_force(tree), ticket_facts(ticket, now=NOW))
    assert not Ticket.objects.filter(query(tree)).exists()


def test_archived_option_is_still_known(place: tuple[Customer, Department]):
    field = make_field("Tier", "dropdown", "Basic", "Pro")
    pro = field.options.get(label="Pro")
    field.options.filter(pk=pro.pk).update(archived_at=NOW)
    forget_fields()
    tree = {"field": field.key, "op": "is", "value": pro.pk}
    assert broken(tree) == []
    assert describe(tree) == "Tier is Pro"
    assert pro.pk not in dict(fields[field.key].choices())


def test_facts_of_one_ticket_cost_no_statement_more(
    place: tuple[Customer, Department], django_assert_num_queries: Any
):
    ticket = make_ticket(*place, now=NOW)
    ticket_facts(ticket, now=NOW)
    with django_assert_num_queries(3):
        ticket_facts(ticket, now=NOW)
    make_field("Detail")
    ticket_facts(ticket, now=NOW)
    with django_assert_num_queries(3):
        ticket_facts(ticket, now=NOW)


def test_question_about_a_choice_is_answered_by_an_index(place: tuple[Customer, Department]):
    field = make_field("Tier", "dropdown", "Basic", "Pro")
    tree = leaf(field, "is", 0)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Ticket.objects.filter(query(tree)).explain()
    assert "field_value_o" in plan
