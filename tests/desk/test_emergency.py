"""An emergency in the side panel: milestones, calls, and who is on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from freezegun import freeze_time

from automation.models import Milestone, MilestoneSet, OnCallSchedule, Page
from automation.on_call.paging import page
from tests.automation.on_call import make_role, make_schedule
from tests.factories import make_ticket
from tickets.actions import close_ticket
from tickets.actors import Actor
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2025, 2, 4, 10, 0, tzinfo=UTC)


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical, now=NOW)


@pytest.fixture
def schedule(ada) -> OnCallSchedule:
    row = make_schedule()
    make_role(row, "Primary engineer", ada, now=NOW - timedelta(days=1))
    return row


def url(ticket: Ticket, part: str) -> str:
    return f"/admin/tickets/ticket/{ticket.number}/{part}"


def aside(client: Client, ticket: Ticket, at: datetime = NOW) -> str:
    with freeze_time(at):
        return client.get(url(ticket, "context")).text


def start(client: Client, ticket: Ticket) -> int:
    chosen = MilestoneSet.objects.get().pk
    with freeze_time(NOW):
        return client.post(url(ticket, "milestones"), {"milestone_set": chosen}).status_code


def test_milestones_show_when_they_are_due(sign_in, ada, ticket):
    client = sign_in(ada)
    assert start(client, ticket) == 303
    assert "due in 15" in aside(client, ticket)
    assert "overdue 5" in aside(client, ticket, NOW + timedelta(minutes=20))
    assert start(client, ticket) == 422


def test_done_is_said_with_its_time(sign_in, ada, ticket):
    client = sign_in(ada)
    start(client, ticket)
    row = Milestone.objects.get(label="Diagnose")
    with freeze_time(NOW + timedelta(minutes=12)):
        assert client.post(url(ticket, f"milestones/{row.pk}/completion")).status_code == 303
    row.refresh_from_db()
    assert row.done_by == ada
    assert "done 10:12 today" in aside(client, ticket, NOW + timedelta(hours=1))


def test_protocol_is_called_off(sign_in, ada, ticket):
    client = sign_in(ada)
    start(client, ticket)
    assert client.post(url(ticket, "milestones/removal")).status_code == 303
    assert "Diagnose" not in aside(client, ticket)


def test_agent_calls_who_is_on_call_and_says_to_be_on_it(sign_in, ada, ticket, schedule):
    client = sign_in(ada)
    facts = {"schedule": schedule.pk, "cause": "Espresso line down"}
    with freeze_time(NOW):
        assert client.post(url(ticket, "call"), facts).status_code == 303
        assert client.post(url(ticket, "call"), facts).status_code == 303
        row = Page.objects.get()
        assert "Waiting for Ada." in aside(client, ticket)
        client.post(f"/admin/on_call/pages/{row.pk}/acknowledgement")
    assert "Ada is on it since 10:00 today." in aside(client, ticket)
    assert client.post(url(ticket, "call"), {"cause": "x"}).status_code == 422


def test_other_departments_touch_nothing(sign_in, ben, ticket, ada):
    start(sign_in(ada), ticket)
    row = Milestone.objects.first()
    for part in ("milestones", "milestones/removal", f"milestones/{row.pk}/completion", "call"):
        assert sign_in(ben).post(url(ticket, part)).status_code == 404
    other = make_ticket(ticket.customer, now=NOW)
    assert sign_in(ada).post(url(other, f"milestones/{row.pk}/completion")).status_code == 404


def test_solved_ticket_without_an_emergency_shows_none(sign_in, ada, ticket):
    assert "Emergency" in aside(sign_in(ada), ticket)
    close_ticket(ticket, actor=Actor.of_user(ada), now=NOW)
    assert "Emergency" not in aside(sign_in(ada), ticket)


def test_panel_costs_the_same_with_many_calls(sign_in, ada, ticket, schedule, statements):
    client = sign_in(ada)
    start(client, ticket)
    aside(client, ticket)
    for number in range(8):
        page(ticket, cause=f"Cause {number}", schedule=schedule, key=str(number), now=NOW)
    with statements(40) as taken:
        aside(client, ticket)
    tables = ("automation_milestone", "automation_page", "automation_oncall")
    texts = [query["sql"] for query in taken.captured_queries]
    own = [sql for sql in texts if any(f'FROM "{table}' in sql for table in tables)]
    assert len(own) <= 6, own
