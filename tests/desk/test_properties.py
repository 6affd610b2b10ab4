"""Changing a ticket from its head and its side panel."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from core import clock
from desk import people
from tests.factories import make_calendar, make_ticket, make_user
from tickets.actions import mark_spam
from tickets.actors import Actor
from tickets.models import Priority, Service, Status, Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def url(ticket, part: str) -> str:
    return f"/admin/tickets/ticket/{ticket.number}/{part}"


@pytest.mark.parametrize(
    ("part", "model", "slug"),
    [("status", Status, "hold"), ("priority", Priority, "urgent"), ("service", Service, "billing")],
)
def test_property_is_set_and_the_page_told(sign_in, ada, ticket, part, model, slug):
    row = model.objects.get(slug=slug)
    response = sign_in(ada).post(url(ticket, part), {part: row.pk}, headers=HTMX)
    ticket.refresh_from_db()
    assert getattr(ticket, part) == row
    assert response.status_code == 204
    assert "hd:ticket-changed" in response.headers["HX-Trigger"]


def test_property_without_scripts_leads_back_to_the_ticket(sign_in, ada, ticket):
    row = Status.objects.get(slug="hold")
    response = sign_in(ada).post(url(ticket, "status"), {"status": row.pk, "view": "mine"})
    assert response.status_code == 303
    assert response.headers["Location"] == f"/admin/tickets/ticket/{ticket.number}?view=mine"


@pytest.mark.parametrize("value", ["", "99999", "x", "1 OR 1=1"])
def test_unknown_status_is_refused_with_422(sign_in, ada, ticket, value):
    response = sign_in(ada).post(url(ticket, "status"), {"status": value})
    assert response.status_code == 422
    ticket.refresh_from_db()
    assert ticket.status.slug == "new"


def test_assignment_goes_to_colleagues_of_the_department_only(sign_in, ada, ben, ticket):
    client = sign_in(ada)
    assert client.post(url(ticket, "assignment"), {"assignee": ben.pk}).status_code == 422
    assert client.post(url(ticket, "assignment"), {"assignee": ada.pk}).status_code == 303
    ticket.refresh_from_db()
    assert ticket.assignee == ada
    client.post(url(ticket, "assignment"), {"assignee": ""})
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_moved_ticket_leads_its_former_reader_to_the_queue(sign_in, ada, ben, ticket, billing):
    moved = {"department": billing.pk, "note": "It is about an invoice."}
    response = sign_in(ada).post(url(ticket, "department"), moved, headers=HTMX)
    assert response.headers["HX-Redirect"].startswith("/admin/tickets?")
    assert sign_in(ben).get(url(ticket, "context")).status_code == 200


def test_subject_and_customer_change_on_their_page(sign_in, ada, ticket, otto):
    client = sign_in(ada)
    assert client.get(url(ticket, "subject")).status_code == 200
    client.post(url(ticket, "subject"), {"subject": "Both lines down"})
    client.post(url(ticket, "requester"), {"email": "OTTO@northlight.example"})
    ticket.refresh_from_db()
    assert ticket.subject == "Both lines down"
    assert ticket.customer == otto
    assert client.post(url(ticket, "requester"), {"email": "no@body.example"}).status_code == 422


@pytest.mark.parametrize(
    ("part", "check"),
    [("closure", {"status__slug": "closed"}), ("spam", {"is_spam": True})],
)
def test_ticket_closes_or_goes_to_spam_and_returns(sign_in, ada, ticket, part, check):
    client = sign_in(ada)
    client.post(url(ticket, part))
    client.post(url(ticket, part))
    assert Ticket.objects.filter(pk=ticket.pk, **check).exists()
    client.post(url(ticket, f"{part}/removal"))
    assert not Ticket.objects.filter(pk=ticket.pk, **check).exists()


def test_spam_stays_visible_to_staff(sign_in, ada, ticket):
    mark_spam(ticket, actor=Actor.of_user(ada), now=timezone.now())
    page = sign_in(ada).get(f"/admin/tickets/ticket/{ticket.number}").content.decode()
    assert "This is no spam" in page


def test_only_those_who_may_delete_can(sign_in, ada, max_, ticket):
    assert sign_in(ada).post(url(ticket, "deletion")).status_code == 422
    assert sign_in(max_).post(url(ticket, "deletion")).status_code == 303
    assert sign_in(max_).get(url(ticket, "context")).status_code == 404


def test_tags_followers_and_links(sign_in, ada, ticket, cleo, technical):
    client, other = sign_in(ada), make_ticket(cleo, technical, subject="Water filter")
    client.post(url(ticket, "tags"), {"tags": "vip, E-17,"})
    client.post(url(ticket, "followers"), {"email": "Facility@harbour.example"})
    client.post(url(ticket, "links"), {"number": f"#{other.number}"})
    assert sorted(ticket.tags.values_list("name", flat=True)) == ["e-17", "vip"]
    follower = ticket.followers.get()
    assert follower.email == "facility@harbour.example"
    assert "Water filter" in client.get(url(ticket, "context")).content.decode()
    client.post(url(ticket, f"followers/{follower.pk}/removal"))
    assert not ticket.followers.exists()


def test_link_to_a_foreign_or_missing_ticket_answers_alike(sign_in, ada, ticket, cleo, billing):
    foreign, client = make_ticket(cleo, billing), sign_in(ada)
    answers = {
        client.post(url(ticket, "links"), {"number": number}, headers=HTMX).headers["HX-Trigger"]
        for number in (foreign.number, 999999, ticket.number, "x")
    }
    assert len(answers) == 1
    assert not ticket.links_out.exists()


@pytest.mark.parametrize(
    "part",
    ["status", "priority", "service", "department", "assignment", "subject", "requester", "closure",
     "closure/removal", "spam", "spam/removal", "deletion", "tags", "followers", "links"],
)  # fmt: skip
def test_agent_of_another_department_finds_nothing_to_change(sign_in, ben, ticket, part):
    assert sign_in(ben).post(url(ticket, part), {}).status_code == 404


def test_absent_colleagues_say_so_where_tickets_are_given(ada, technical, monkeypatch):
    away = make_user("Bea", "agent", technical, availability="away")
    late = make_user("Lia", "agent", technical, shift_calendar=make_calendar())
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 3, 4, 22, tzinfo=UTC))
    names = {row.pk: row.label for row in people.assignable(technical.pk)}
    assert names[ada.pk] == "Ada"
    assert names[away.pk] == "Bea (Away)"
    assert names[late.pk] == "Lia (Outside working hours)"
