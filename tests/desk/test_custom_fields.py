"""Custom fields on the desk: the card, the new ticket, the filters, what holds a closing up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Department, User
from customers.models import Customer
from desk.custom_fields import answers_of
from tests.factories import make_field, make_ticket
from tickets import actions, vocabulary
from tickets.actors import Actor
from tickets.custom_fields import values_of
from tickets.custom_fields.conditions import forget_fields
from tickets.models import CustomField, Ticket
from tickets.models.vocabulary import Kind

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
HTMX = {"HX-Request": "true"}
ADD = "/admin/tickets/add"


@pytest.fixture
def ticket(technical: Department, cleo: Customer) -> Ticket:
    return make_ticket(cleo, technical)


@pytest.fixture
def agent(sign_in: Any, ada: User) -> Client:
    return sign_in(ada)


def url(ticket: Ticket, part: str = "") -> str:
    return f"/admin/tickets/ticket/{ticket.number}{part}"


def answer(ticket: Ticket, field: CustomField, value: Any) -> None:
    actor = Actor.system("test")
    actions.set_custom_values(ticket, values={field.pk: value}, actor=actor, now=timezone.now())


def test_card_shows_fields_and_saves_one(agent: Client, ticket: Ticket):
    order, tier = make_field("Order number"), make_field("Tier", "dropdown", "Basic", "Pro")
    assert b"Order number" in agent.get(url(ticket, "/context"), headers=HTMX).content
    data = {order.name: "A-1", tier.name: str(tier.options.last().pk)}
    response = agent.post(url(ticket, "/custom_fields"), data, headers=HTMX)
    assert response.status_code == 204
    assert "hd:ticket-changed" in response.headers["HX-Trigger"]
    assert values_of(ticket) == {order.pk: "A-1", tier.pk: tier.options.last().pk}


def test_no_card_without_fields(agent: Client, ticket: Ticket):
    assert b"custom-fields-card" not in agent.get(url(ticket, "/context"), headers=HTMX).content


def test_plain_form_leads_back_and_a_refused_one_keeps_the_text(agent: Client, ticket: Ticket):
    count, note = make_field("Count", "number"), make_field("Machine")
    good = agent.post(url(ticket, "/custom_fields"), {count.name: "3"})
    assert good.status_code == 303
    bad = agent.post(url(ticket, "/custom_fields"), {count.name: "three", note.name: "Linea PB"})
    assert bad.status_code == 422
    assert b"three" in bad.content
    assert b"Linea PB" in bad.content


def test_colleagues_who_change_different_fields_keep_both(agent: Client, ticket: Ticket):
    one, other = make_field("Order number"), make_field("Machine")
    seen = {f"initial-{one.name}": "", f"initial-{other.name}": ""}
    answer(ticket, other, "Linea PB")
    agent.post(url(ticket, "/custom_fields"), {**seen, one.name: "A-1", other.name: ""})
    assert values_of(ticket) == {one.pk: "A-1", other.pk: "Linea PB"}


def test_answer_of_an_archived_field_is_still_read(agent: Client, ticket: Ticket):
    field = make_field("Old number")
    answer(ticket, field, "B-9")
    CustomField.objects.update(archived_at=NOW)
    forget_fields()
    panel = agent.get(url(ticket, "/context"), headers=HTMX).content
    assert b"B-9" in panel
    assert field.name.encode() not in panel


def test_closing_without_the_needed_answer_names_the_field(agent: Client, ticket: Ticket):
    make_field("Cause", required_to_resolve=True)
    response = agent.post(url(ticket, "/closure"), headers=HTMX)
    assert response.status_code == 422
    assert "Cause" in response.headers["HX-Trigger"]


def test_reply_that_resolves_comes_back_with_its_text(agent: Client, ticket: Ticket):
    make_field("Cause", required_to_resolve=True)
    closed = vocabulary.default_status(Kind.CLOSED)
    data = {
        "kind": "reply",
        "text": "We changed the seal.",
        "to": ticket.customer.email,
        "status_after": closed.pk,
        "last_seen_message_id": ticket.last_message_id,
    }
    response = agent.post(url(ticket, "/messages"), data)
    assert response.status_code == 422
    assert b"We changed the seal." in response.content
    assert b"Cause" in response.content


def test_history_tells_what_changed(agent: Client, ticket: Ticket):
    field = make_field("Order number")
    agent.post(url(ticket, "/custom_fields"), {field.name: "A-1"})
    assert b"changed Order number from none to <b>A-1</b>" in agent.get(url(ticket)).content


def new_ticket(department: Department, **more: Any) -> dict[str, Any]:
    return {
        "email": "new@harbour.example",
        "channel": "phone",
        "department": department.pk,
        "subject": "Grinder is loud",
        "text": "Since today.",
        "kind": "inbound",
        **more,
    }


def test_new_ticket_asks_and_requires_the_fields_of_its_department(
    agent: Client, technical: Department, billing: Department
):
    field = make_field("Machine", required_to_submit=True, departments=[technical])
    refused = agent.post(ADD, new_ticket(technical))
    assert refused.status_code == 422
    assert field.name.encode() in refused.content
    agent.post(ADD, new_ticket(technical, **{field.name: "Linea PB"}))
    assert values_of(Ticket.objects.get()) == {field.pk: "Linea PB"}
    assert agent.post(ADD, new_ticket(billing, subject="Invoice 12")).status_code == 303


def test_mail_typed_off_needs_no_answer(agent: Client, technical: Department):
    make_field("Machine", required_to_submit=True)
    assert agent.post(ADD, new_ticket(technical, channel="email")).status_code == 303


def test_another_department_brings_its_fields_and_keeps_what_was_typed(
    agent: Client, technical: Department, billing: Department
):
    here = make_field("Machine", departments=[technical])
    there = make_field("Invoice", departments=[billing])
    both = make_field("Order number")
    data = new_ticket(billing, **{both.name: "A-1"})
    part = agent.post(f"{ADD}/fields", data, headers=HTMX).content
    assert there.name.encode() in part
    assert here.name.encode() not in part
    assert b"A-1" in part
    assert b"Grinder is loud" in agent.post(f"{ADD}/fields", data).content


def test_queue_is_narrowed_by_what_was_chosen(
    agent: Client, ticket: Ticket, technical: Department, cleo: Customer
):
    tier, paid = make_field("Tier", "dropdown", "Basic", "Pro"), make_field("Paid", "checkbox")
    other = make_ticket(cleo, technical, subject="Grinder hums")
    pro = tier.options.get(label="Pro").pk
    answer(ticket, tier, pro)
    answer(other, paid, "on")
    by_tier = agent.get("/admin/tickets", {"view": "all", "cf_tier": pro}).content
    by_box = agent.get("/admin/tickets", {"view": "all", "cf_paid": "1"}).content
    assert ticket.subject.encode() in by_tier
    assert b"Grinder hums" not in by_tier
    assert b"Grinder hums" in by_box
    assert ticket.subject.encode() not in by_box


def test_panel_costs_no_statement_without_fields_and_one_with(
    agent: Client, ticket: Ticket, django_assert_num_queries: Any
):
    with django_assert_num_queries(0):
        assert answers_of(ticket) is None
    make_field("Order number")
    answers_of(ticket)
    with django_assert_num_queries(1):
        answers_of(ticket)
