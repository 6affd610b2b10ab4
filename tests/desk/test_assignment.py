"""Assigning by hand beyond the cap asks first; the ticket tells why somebody was given it (R74)."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Department, User
from automation.assigning.asking import ask_for_agent
from automation.assigning.giving import give_out_all
from automation.assigning.pool import seat_members
from automation.models import AgentSeat
from tests.factories import make_ticket
from tickets.models import Ticket


@pytest.fixture
def client(sign_in, ada: User) -> Client:
    return sign_in(ada)


@pytest.fixture
def full(technical: Department, ada: User) -> Ticket:
    """Ada may have one ticket and has it; another one lies in the queue."""
    seat_members(technical.pk)
    AgentSeat.objects.update(hard_cap=1)
    Ticket.objects.filter(pk=make_ticket(department=technical).pk).update(assignee=ada)
    return make_ticket(department=technical)


def url(ticket: Ticket, part: str) -> str:
    return f"/admin/tickets/ticket/{ticket.number}/{part}"


def test_beyond_the_cap_it_asks_first(client: Client, full: Ticket, ada: User) -> None:
    answer = client.post(url(full, "assignment"), {"assignee": ada.pk}, follow=True)
    assert "Ada has 1 of 1 tickets. Assign anyway?" in answer.content.decode()
    full.refresh_from_db()
    assert full.assignee is None
    client.post(url(full, "assignment"), {"assignee": ada.pk, "confirmed": "yes"})
    full.refresh_from_db()
    assert full.assignee == ada


def test_htmx_is_led_to_the_question(client: Client, full: Ticket, ada: User) -> None:
    headers = {"HX-Request": "true"}
    answer = client.post(url(full, "assignment"), {"assignee": ada.pk}, headers=headers)
    assert answer.headers["HX-Redirect"] == f"{url(full, 'assignment')}?assignee={ada.pk}"


def test_below_the_cap_it_does_not_ask(client: Client, full: Ticket, ada: User) -> None:
    AgentSeat.objects.update(hard_cap=2)
    assert client.post(url(full, "assignment"), {"assignee": ada.pk}).status_code == 303
    full.refresh_from_db()
    assert full.assignee == ada


def test_giving_back_never_asks(client: Client, full: Ticket, ada: User) -> None:
    own = Ticket.objects.get(assignee=ada)
    client.post(url(own, "assignment"), {"assignee": ""})
    own.refresh_from_db()
    assert own.assignee is None


def test_no_question_without_somebody(client: Client, full: Ticket, ben: User) -> None:
    assert client.get(url(full, "assignment")).status_code == 404
    assert client.get(url(full, f"assignment?assignee={ben.pk}")).status_code == 404


def test_ticket_tells_why_it_waits_and_why_this_agent(
    client: Client, full: Ticket, ada: User
) -> None:
    ask_for_agent(full, now=timezone.now())
    give_out_all(full.department_id, timezone.now())
    page = client.get(url(full, "context")).content.decode()
    assert "1 at 1/1" in page
    AgentSeat.objects.update(hard_cap=None)
    ask_for_agent(full, now=timezone.now())
    give_out_all(full.department_id, timezone.now())
    page = client.get(url(full, "agent")).content.decode()
    assert "was chosen (1 of 10 tickets)" in page
    assert "nobody could take it" in page


def test_other_departments_do_not_learn_it(sign_in, full: Ticket, ben: User) -> None:
    assert sign_in(ben).get(url(full, "agent")).status_code == 404
