"""Tasks, watchers and reminders on the ticket page, and the list of tasks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_ticket
from tickets.actions import complete_task, create_task, remind, watch
from tickets.actors import Actor
from tickets.models import Reminder, Task, Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NOW = timezone.now()


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


def url(ticket: Ticket, part: str) -> str:
    return f"/admin/tickets/ticket/{ticket.number}/{part}"


def make_task(ticket: Ticket, owner=None, title: str = "Send the valve", **fields) -> Task:
    due_at = fields.get("due_at", NOW + timedelta(hours=1))
    actor = Actor.system("")
    return create_task(ticket, title=title, owner=owner, due_at=due_at, actor=actor, now=NOW)


def test_a_task_is_added_ticked_off_and_put_back(sign_in, ada, ticket):
    client = sign_in(ada)
    fields = {"title": "Send the valve", "owner": ada.pk, "due_at": "2099-01-01T10:00"}
    response = client.post(url(ticket, "tasks"), fields, headers=HTMX)
    assert "hd:ticket-changed" in response.headers["HX-Trigger"]
    task = Task.objects.get()
    assert task.owner == ada
    assert "Send the valve" in client.get(url(ticket, "context")).content.decode()
    client.post(url(ticket, f"tasks/{task.pk}/completion"))
    assert not Task.objects.open().exists()
    assert "Put back: Send the valve" in client.get(url(ticket, "context")).content.decode()
    client.post(url(ticket, f"tasks/{task.pk}/completion/removal"))
    assert Task.objects.open().exists()


@pytest.mark.parametrize("change", [{"title": " "}, {"owner": "ben"}, {"due_at": "soon"}])
def test_a_task_without_title_or_for_a_stranger_is_refused(sign_in, ada, ben, ticket, change):
    change = {name: ben.pk if value == "ben" else value for name, value in change.items()}
    fields = {"title": "Send", "owner": ada.pk, **change}
    assert sign_in(ada).post(url(ticket, "tasks"), fields).status_code == 422
    assert not Task.objects.exists()


def test_a_task_of_another_ticket_is_not_found(sign_in, ada, ticket, cleo, technical):
    task = make_task(make_ticket(cleo, technical))
    assert sign_in(ada).post(url(ticket, f"tasks/{task.pk}/completion")).status_code == 404


def test_the_list_shows_mine_or_all_that_i_may_see_by_due_date(
    sign_in, ada, max_, ticket, cleo, billing
):
    make_task(ticket, ada, "Later", due_at=NOW + timedelta(days=2))
    make_task(ticket, ada, "Whenever", due_at=None)
    make_task(ticket, ada, "Late", due_at=NOW - timedelta(days=2))
    make_task(ticket, max_, "Of Max")
    make_task(make_ticket(cleo, billing), ada, "Foreign")
    complete_task(make_task(ticket, ada, "Over"), actor=Actor.of_user(ada), now=NOW)
    client = sign_in(ada)
    mine = [line.title for line in client.get("/admin/tasks").context["page"].lines]
    assert mine == ["Late", "Later", "Whenever"]
    lines = client.get("/admin/tasks?whose=all").context["page"].lines
    assert [line.title for line in lines] == ["Late", "Of Max", "Later", "Whenever"]
    assert [line.is_late for line in lines] == [True, False, False, False]


@pytest.mark.parametrize("count", [3, 30])
def test_the_list_takes_a_constant_number_of_statements(sign_in, ada, ticket, count, statements):
    for number in range(count):
        make_task(ticket, ada, f"Task {number}")
    client = sign_in(ada)
    client.get("/admin/tasks")
    with statements(6):
        assert client.get("/admin/tasks").status_code == 200


def test_ticking_off_in_the_list_stays_in_the_list(sign_in, ada, ticket):
    task = make_task(ticket, ada)
    response = sign_in(ada).post(url(ticket, f"tasks/{task.pk}/completion"), {"whose": "all"})
    assert response.headers["Location"] == "/admin/tasks?whose=all"


def test_watching_and_no_longer(sign_in, ada, max_, ticket):
    watch(ticket, users=[max_], actor=Actor.of_user(max_), now=NOW)
    client = sign_in(ada)
    client.post(url(ticket, "watching"))
    assert {row.user for row in ticket.watchers.all()} == {ada, max_}
    panel = client.get(url(ticket, "context")).content.decode()
    assert "Stop watching" in panel
    client.post(url(ticket, "watching/removal"))
    assert [row.user for row in ticket.watchers.all()] == [max_]


def test_reminders_are_ones_own(sign_in, ada, max_, ticket):
    client = sign_in(ada)
    client.post(url(ticket, "reminders"), {"at": "2099-01-01T10:00", "text": "Call them"})
    reminder = Reminder.objects.get(user=ada)
    foreign = remind(ticket, user=max_, at=NOW + timedelta(days=1), text="Max only", now=NOW)
    panel = client.get(url(ticket, "context")).content.decode()
    assert "Call them" in panel
    assert "Max only" not in panel
    assert client.post(url(ticket, f"reminders/{foreign.pk}/removal")).status_code == 404
    client.post(url(ticket, f"reminders/{reminder.pk}/removal"))
    assert list(Reminder.objects.all()) == [foreign]
    past = client.post(url(ticket, "reminders"), {"at": "2001-01-01T10:00"})
    assert past.status_code == 422
