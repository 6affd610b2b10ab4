"""Custom fields for customers: those shown on the portal, and no other by any exit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Department
from customers.models import Customer
from tests.factories import make_field, make_ticket
from tickets import actions
from tickets.actions.guests import issue_guest_token
from tickets.actors import Actor
from tickets.custom_fields import values_of
from tickets.models import CustomField, Ticket

pytestmark = pytest.mark.django_db
NEW = "/clients/open_ticket"


@pytest.fixture
def client_of_cleo(sign_in: Any, cleo: Customer) -> Client:
    return sign_in(cleo)


@pytest.fixture
def ticket(technical: Department, cleo: Customer) -> Ticket:
    return make_ticket(cleo, technical)


def answer(ticket: Ticket, field: CustomField, value: Any) -> None:
    actor = Actor.system("test")
    actions.set_custom_values(ticket, values={field.pk: value}, actor=actor, now=timezone.now())


def request_of(department: Department, **more: Any) -> dict[str, Any]:
    return {"department": department.pk, "subject": "Grinder", "message": "Stuck.", **more}


def test_form_asks_shown_fields_and_keeps_the_answers(
    client_of_cleo: Client, technical: Department
):
    shown = make_field("Order number", show_on_client_portal=True, required_to_submit=True)
    hidden = make_field("Risk", required_to_submit=True)
    page = client_of_cleo.get(NEW).content
    assert shown.name.encode() in page
    assert hidden.name.encode() not in page
    assert client_of_cleo.post(NEW, request_of(technical)).status_code == 422
    data = request_of(technical, **{shown.name: "A-1", hidden.name: "high"})
    assert client_of_cleo.post(NEW, data).status_code == 303
    assert values_of(Ticket.objects.get()) == {shown.pk: "A-1"}


def test_fields_follow_the_department(
    client_of_cleo: Client, technical: Department, billing: Department
):
    for department in (technical, billing):
        department.is_portal_visible = True
        department.save()
    field = make_field("Invoice", show_on_client_portal=True, departments=[billing])
    assert field.name.encode() not in client_of_cleo.get(NEW).content
    data = request_of(billing)
    part = client_of_cleo.post("/forms/ticket/fields", data, headers={"HX-Request": "true"})
    assert field.name.encode() in part.content
    assert b"Stuck." in client_of_cleo.post("/forms/ticket/fields", data).content


def test_everybody_may_ask_the_public_form_for_its_fields(client: Client, technical: Department):
    field = make_field("Order number", show_on_client_portal=True)
    hidden = make_field("Risk")
    page = client.post("/forms/ticket/fields", {"department": technical.pk, "name": "Eve"}).content
    assert field.name.encode() in page
    assert b"Eve" in page
    assert hidden.name.encode() not in page


def test_request_shows_shown_answers_only(client_of_cleo: Client, client: Client, ticket: Ticket):
    shown = make_field("Order number", show_on_client_portal=True)
    hidden = make_field("Risk")
    answer(ticket, shown, "ORD-11")
    answer(ticket, hidden, "SECRET-22")
    token = issue_guest_token(ticket, email=ticket.customer.email, now=timezone.now())
    for reader, address in (
        (client_of_cleo, f"/clients/ticket/{ticket.public_id}"),
        (client, f"/t/{token}"),
    ):
        page = reader.get(address).content
        assert b"ORD-11" in page
        assert b"SECRET-22" not in page
        assert b"Risk" not in page


def test_customer_sets_an_editable_answer_right(client_of_cleo: Client, ticket: Ticket):
    field = make_field("Order number", show_on_client_portal=True, editable_by_customer=True)
    fixed = make_field("Serial number", show_on_client_portal=True)
    url = f"/clients/ticket/{ticket.public_id}/fields"
    response = client_of_cleo.post(url, {field.name: "A-2", fixed.name: "X"})
    assert response.status_code == 303
    assert values_of(ticket) == {field.pk: "A-2"}


def test_refused_answer_keeps_what_was_typed(client_of_cleo: Client, ticket: Ticket):
    field = make_field("Count", "number", show_on_client_portal=True, editable_by_customer=True)
    url = f"/clients/ticket/{ticket.public_id}/fields"
    response = client_of_cleo.post(url, {field.name: "three"})
    assert response.status_code == 422
    assert b"three" in response.content


def test_stranger_and_colleague_change_nothing(sign_in: Any, otto: Customer, ticket: Ticket):
    field = make_field("Order number", show_on_client_portal=True, editable_by_customer=True)
    url = f"/clients/ticket/{ticket.public_id}/fields"
    assert sign_in(otto).post(url, {field.name: "A-2"}).status_code == 404
    assert values_of(ticket) == {}


def test_solved_request_is_read_only(client_of_cleo: Client, ticket: Ticket):
    field = make_field("Order number", show_on_client_portal=True, editable_by_customer=True)
    actor, later = Actor.of_customer(ticket.customer), timezone.now() + timedelta(minutes=1)
    actions.close_ticket(ticket, actor=actor, now=later)
    url = f"/clients/ticket/{ticket.public_id}/fields"
    assert client_of_cleo.post(url, {field.name: "A-2"}).status_code == 422
    assert values_of(ticket) == {}
