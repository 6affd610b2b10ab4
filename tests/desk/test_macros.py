"""Macros and escalations on the ticket page, and a macro over several tickets."""

from __future__ import annotations

import pytest
from django.utils import timezone

from automation.models import Escalation, Rule
from automation.versions import publish
from tests.factories import make_ticket
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(ada, cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


@pytest.fixture
def macro() -> Rule:
    effects = [{"effect": "reply", "text": "Hello {customer.name}."}, {"effect": "close"}]
    row = Rule.objects.create(kind="macro", name="Solved", effects=effects)
    publish("macro", actor=None, now=timezone.now())
    return row


def url(ticket: Ticket, *parts: object) -> str:
    return "/".join([f"/admin/tickets/ticket/{ticket.number}", *map(str, parts)])


def test_the_composer_leads_to_the_macros(sign_in, ada, ticket, macro):
    client = sign_in(ada)
    assert url(ticket, "macros") in client.get(url(ticket)).content.decode()
    assert "Solved" in client.get(url(ticket, "macros")).content.decode()


def test_the_preview_shows_the_text_and_what_changes(sign_in, ada, ticket, macro):
    page = sign_in(ada).get(url(ticket, "macros", macro.pk)).content.decode()
    assert "Hello Cleo." in page
    assert "Closed" in page
    assert ticket.messages.count() == 1


def test_applied_and_sent_with_the_edited_text(sign_in, ada, ticket, macro):
    data = {"text": "Bye", "seen": ticket.last_message_id, "how": "send"}
    response = sign_in(ada).post(url(ticket, "macros", macro.pk), data)
    assert (response.status_code, response.url) == (303, url(ticket))
    assert ticket.messages.get(kind="reply").text == "Bye"


def test_put_into_the_composer(sign_in, ada, ticket, macro):
    client = sign_in(ada)
    client.post(url(ticket, "macros", macro.pk), {"text": "Bye", "how": "keep"})
    assert "Bye" in client.get(url(ticket)).content.decode()
    assert not ticket.messages.filter(kind="reply").exists()


def test_news_stop_it_and_keep_the_text(sign_in, ada, ticket, macro):
    data = {"text": "My own words", "seen": ticket.last_message_id - 1, "how": "send"}
    response = sign_in(ada).post(url(ticket, "macros", macro.pk), data)
    assert response.status_code == 422
    assert "My own words" in response.content.decode()


def test_what_is_not_offered_is_not_there(sign_in, ada, ben, ticket, macro):
    Rule.objects.filter(pk=macro.pk).update(owner=ben)
    publish("macro", actor=None, now=timezone.now())
    assert sign_in(ada).get(url(ticket, "macros", macro.pk)).status_code == 404


def test_several_tickets_get_a_line_each(sign_in, ada, billing, ticket, macro):
    hidden = make_ticket(ticket.customer, billing)
    data = {"macro": macro.pk, "numbers": f"#{ticket.number}, {hidden.number}"}
    response = sign_in(ada).post("/admin/tickets/macro", data)
    page = response.content.decode()
    assert response.status_code == 200
    assert "1 ticket done" in page
    assert "There is no such ticket for you." in page
    assert ticket.drafts.get().text == "Hello Cleo."


def test_an_open_escalation_is_shown_and_acknowledged(sign_in, ada, ticket):
    row = Escalation.objects.create(
        ticket=ticket, level=2, cause="rule:1", reason="Idle", at=timezone.now()
    )
    client = sign_in(ada)
    assert "Level 2, by the rule “Idle”" in client.get(url(ticket, "context")).content.decode()
    client.post(url(ticket, "escalations", row.pk, "acknowledgement"))
    row.refresh_from_db()
    assert row.acknowledged_by == ada
    assert "Ada is on it" in client.get(url(ticket, "context")).content.decode()


def test_another_department_acknowledges_nothing(sign_in, ben, ticket):
    row = Escalation.objects.create(ticket=ticket, level=2, cause="manual", at=timezone.now())
    response = sign_in(ben).post(url(ticket, "escalations", row.pk, "acknowledgement"))
    assert response.status_code == 404
