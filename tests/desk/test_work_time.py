"""Time and checklists on the ticket page: the timer, entries by hand, who may correct them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_ticket
from tickets.actions import Spent, TaskFacts, add_task, log_time, start_timer
from tickets.actors import Actor
from tickets.models import Task, TaskTemplate, Ticket, TimeEntry

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NOW = timezone.now()


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def url(ticket: Ticket, part: str) -> str:
    return f"/admin/tickets/ticket/{ticket.number}/{part}"


def test_timer_starts_and_stops_on_the_card(sign_in, ada, ticket):
    client = sign_in(ada)
    assert "Start the timer" in client.get(url(ticket, "context")).content.decode()
    client.post(url(ticket, "time_entries/timer"), headers=HTMX)
    assert "Stop the timer" in client.get(url(ticket, "context")).content.decode()
    client.post(url(ticket, "time_entries/timer/removal"), headers=HTMX)
    assert not TimeEntry.objects.running().exists()
    again = client.post(url(ticket, "time_entries/timer/removal"), headers=HTMX)
    assert "No timer was running" in again.headers["HX-Trigger"]


def test_starting_on_another_ticket_says_what_it_stopped(sign_in, ada, ticket, cleo, technical):
    client, other = sign_in(ada), make_ticket(cleo, technical)
    start_timer(ticket, actor=Actor.of_user(ada), now=NOW - timedelta(minutes=5))
    panel = client.get(url(other, "context")).content.decode()
    assert f"Your timer runs on #{ticket.number}" in panel
    response = client.post(url(other, "time_entries/timer"), headers=HTMX)
    assert f"#{ticket.number}" in response.headers["HX-Trigger"]
    assert TimeEntry.objects.running().get().ticket == other


def test_time_is_written_by_hand_and_counted(sign_in, ada, ticket):
    client = sign_in(ada)
    fields = {"spent": "1:30", "note": "On the phone", "is_billable": "on"}
    assert client.post(url(ticket, "time_entries"), fields).status_code == 303
    panel = client.get(url(ticket, "context")).content.decode()
    assert "Billable: 1:30" in panel
    assert "On the phone" in panel


def test_refused_time_keeps_what_was_typed(sign_in, ada, ticket):
    fields = {"spent": "soon", "note": "On the phone"}
    response = sign_in(ada).post(url(ticket, "time_entries"), fields)
    assert response.status_code == 422
    assert 'value="On the phone"' in response.content.decode()


def test_own_entries_are_corrected_and_managers_correct_all(sign_in, ada, max_, ticket):
    by_max = log_time(ticket, spent=Spent(seconds=60), actor=Actor.of_user(max_), now=NOW)
    by_ada = log_time(ticket, spent=Spent(seconds=60), actor=Actor.of_user(ada), now=NOW)
    agent, manager = sign_in(ada), sign_in(max_)
    assert agent.get(url(ticket, f"time_entries/{by_max.pk}")).status_code == 404
    assert agent.post(url(ticket, f"time_entries/{by_max.pk}/removal")).status_code == 404
    agent.post(url(ticket, f"time_entries/{by_ada.pk}"), {"spent": "5"})
    by_ada.refresh_from_db()
    assert by_ada.seconds == 300
    manager.post(url(ticket, f"time_entries/{by_ada.pk}/removal"))
    assert list(TimeEntry.objects.all()) == [by_max]


def test_entry_of_another_ticket_is_not_found(sign_in, ada, ticket, cleo, technical):
    other = make_ticket(cleo, technical)
    entry = log_time(other, spent=Spent(seconds=60), actor=Actor.of_user(ada), now=NOW)
    assert sign_in(ada).get(url(ticket, f"time_entries/{entry.pk}")).status_code == 404


def test_template_is_one_click_and_its_entries_are_ticked(sign_in, ada, ticket):
    template = TaskTemplate.objects.create(name="Seals", title="Swap", checklist="Drain\nOpen")
    client = sign_in(ada)
    client.post(url(ticket, "tasks/templates"), {"template": template.pk})
    task = Task.objects.get()
    assert task.owner == ada
    first = task.items.first()
    client.post(url(ticket, f"tasks/{task.pk}/items"), {"done": first.pk}, headers=HTMX)
    assert task.items.get(pk=first.pk).is_done
    assert "Not done: Drain" in client.get(url(ticket, "context")).content.decode()
    client.post(url(ticket, f"tasks/{task.pk}/items"), {"open": first.pk})
    assert not task.items.get(pk=first.pk).is_done
    assert client.post(url(ticket, f"tasks/{task.pk}/items"), {"done": "x"}).status_code == 404


def test_task_is_changed_and_keeps_its_text_on_refusal(sign_in, ada, ticket):
    facts = TaskFacts(title="Swap", owner=ada, checklist=("Drain",))
    task = add_task(ticket, facts=facts, actor=Actor.of_user(ada), now=NOW)
    client, part = sign_in(ada), f"tasks/{task.pk}"
    assert "Drain</textarea>" in client.get(url(ticket, part)).content.decode()
    bad = client.post(url(ticket, part), {"title": "", "checklist": "Pour"})
    assert bad.status_code == 422
    assert "Pour</textarea>" in bad.content.decode()
    client.post(url(ticket, part), {"title": "Pour", "owner": ada.pk, "checklist": "Pour"})
    task.refresh_from_db()
    assert (task.title, [item.text for item in task.items.all()]) == ("Pour", ["Pour"])
