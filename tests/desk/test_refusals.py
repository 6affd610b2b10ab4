"""What an action refuses is said in a sentence: never a failure, never a lost text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_field, make_reply, make_ticket
from tickets import vocabulary
from tickets.actions import (
    Planned,
    add_parts,
    close_ticket,
    mark_incident,
    schedule_reply,
)
from tickets.actions.messages import Answer
from tickets.actors import Actor
from tickets.content import Content, Recipients
from tickets.models import Appointment, BulkRunTicket, ScheduledReply, Ticket
from tickets.models.vocabulary import Kind

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def url(ticket: Ticket, part: str) -> str:
    return f"/admin/tickets/ticket/{ticket.number}/{part}"


def incident_of(user, *parts: Ticket) -> Ticket:
    actor, now = Actor.of_user(user), timezone.now()
    incident = make_ticket(parts[0].customer, parts[0].department)
    mark_incident(incident, is_on=True, actor=actor, now=now)
    add_parts(incident, children=parts, actor=actor, now=now)
    return incident


def test_an_appointment_that_ends_the_ticket_keeps_what_was_typed(sign_in, ada, ticket):
    make_field("Cause", required_to_resolve=True)
    now = timezone.now()
    row = Appointment.objects.create(
        ticket=ticket, customer=ticket.customer, title="Visit", responsible=ada,
        starts_at=now, ends_at=now + timedelta(hours=1), created_at=now,
    )  # fmt: skip
    data = {"outcome": "Seal replaced.", "then": "close"}
    answer = sign_in(ada).post(url(ticket, f"appointments/{row.pk}/completion"), data)
    row.refresh_from_db()
    assert (answer.status_code, row.state) == (422, "planned")
    assert "Cause" in answer.content.decode()
    assert "Seal replaced." in answer.content.decode()


def test_a_part_that_lacks_an_answer_is_left_out_of_the_closing_update(
    sign_in, ada, cleo, technical, billing, ticket
):
    service = vocabulary.services()[0]
    asked = make_ticket(cleo, technical, service=service)
    make_field("Cause", required_to_resolve=True, services=[service])
    incident = incident_of(ada, ticket, asked)
    client = sign_in(ada)
    client.post(url(incident, "incident/updates"), {"text": "It works again.", "how": "close"})
    page = client.get(url(incident, "incident")).content.decode()
    assert "1 left out" in page
    ticket.refresh_from_db()
    asked.refresh_from_db()
    assert (ticket.is_resolved, asked.is_resolved) == (True, False)


def test_an_incident_that_lacks_an_answer_tells_nobody_and_keeps_the_text(sign_in, ada, ticket):
    incident = incident_of(ada, ticket)
    make_field("Cause", required_to_resolve=True)
    data = {"text": "It works again.", "how": "close"}
    answer = sign_in(ada).post(url(incident, "incident/updates"), data)
    assert answer.status_code == 422
    assert "Cause" in answer.content.decode()
    assert "It works again." in answer.content.decode()
    assert not ticket.messages.filter(kind="reply").exists()


def test_closing_with_all_parts_names_the_part_that_stands_in_the_way(
    sign_in, ada, cleo, technical, ticket
):
    service = vocabulary.services()[0]
    asked = make_ticket(cleo, technical, service=service)
    make_field("Cause", required_to_resolve=True, services=[service])
    incident = incident_of(ada, ticket, asked)
    answer = sign_in(ada).post(url(incident, "closure"), {"parts": "all"})
    assert answer.status_code == 422
    assert f"#{asked.number}: Before it is resolved, fill in: Cause." in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.is_open


def test_a_step_over_many_says_why_one_was_not_closed(sign_in, ada, ticket):
    make_field("Cause", required_to_resolve=True)
    answer = sign_in(ada).post("/admin/tickets/bulk", {"step": "close", "ids": [ticket.pk]})
    row = BulkRunTicket.objects.get(ticket=ticket)
    assert answer.status_code == 303
    assert (row.state, "Cause" in row.reason) == ("refused", True)


def test_the_customer_closes_without_the_answer_staff_would_owe(sign_in, cleo, ticket):
    make_field("Cause", required_to_resolve=True)
    answer = sign_in(cleo).post(f"/clients/ticket/{ticket.public_id}/closure")
    ticket.refresh_from_db()
    assert (answer.status_code, ticket.is_resolved) == (303, True)


def test_a_scheduled_reply_sent_at_once_says_why_it_was_not(sign_in, ada, ticket):
    make_field("Cause", required_to_resolve=True)
    now = timezone.now()
    answer = Answer(
        content=Content(text="All done.", is_markdown=True),
        recipients=Recipients(to=(ticket.customer.email,)),
        after=vocabulary.default_status(Kind.CLOSED),
    )
    planned = Planned(answer=answer, due_at=now + timedelta(hours=1))
    row = schedule_reply(ticket, planned=planned, author=ada, now=now)
    page = sign_in(ada).post(url(ticket, f"scheduled/{row.pk}/dispatch"))
    assert page.status_code == 422
    assert "Not sent, its text is in the composer. Before it is resolved" in page.content.decode()
    assert "All done." in page.content.decode()
    assert ScheduledReply.objects.get().state == "failed"


def returning(ticket: Ticket, user) -> str:
    """A reply opened a closed ticket; taking it back would close it without what it needs."""
    actor, now = Actor.of_user(user), timezone.now()
    close_ticket(ticket, actor=actor, now=now)
    message = make_reply(ticket, user, after=vocabulary.default_status(Kind.OPEN))
    make_field("Cause", required_to_resolve=True)
    return url(ticket, f"messages/{message.pk}/withdrawal")


def test_what_no_form_caught_is_a_toast(sign_in, ada, ticket):
    answer = sign_in(ada).post(returning(ticket, ada), headers=HTMX)
    assert (answer.status_code, answer.headers["HX-Reswap"]) == (422, "none")
    assert "Cause" in answer.headers["HX-Trigger"]


def test_what_no_form_caught_is_a_page_with_the_reason(sign_in, ada, ticket):
    answer = sign_in(ada).post(returning(ticket, ada))
    assert answer.status_code == 422
    assert "Before it is resolved, fill in: Cause." in answer.content.decode()
