"""Tasks with checklists, their templates, and the bell when they are due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from core import timers
from notifications.models import Notification
from tests.factories import make_calendar, make_ticket
from tickets.actions import (
    TaskFacts,
    add_task,
    apply_template,
    change_task,
    complete_task,
    reopen_task,
    tick_item,
    untick_item,
)
from tickets.actors import Actor
from tickets.models import NO_DEADLINE, Event, Task, TaskTemplate, Ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 8, 15, 0, tzinfo=UTC)  # a Friday
HOUR = timedelta(hours=1)


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    technical.calendar = make_calendar()
    technical.save()
    return make_ticket(cleo, technical)


def add(ticket: Ticket, actor: Actor, **facts) -> Task:
    facts = TaskFacts(**{"title": "Replace the seal", **facts})
    return add_task(ticket, facts=facts, actor=actor, now=NOW)


@pytest.fixture
def by(ada) -> Actor:
    return Actor.of_user(ada)


@pytest.mark.parametrize(
    ("amount", "unit", "due"),
    [
        (4, "hours", datetime(2026, 5, 11, 11, 0, tzinfo=UTC)),
        (2, "days", datetime(2026, 5, 12, 15, 0, tzinfo=UTC)),
        (None, "days", None),
    ],
)
def test_template_becomes_task_due_in_business_time(ticket, ada, by, amount, unit, due):
    template = TaskTemplate.objects.create(
        name="Seals", title="Replace the seal", checklist="Drain\n\n Open \nSwap", due_amount=amount,
        due_unit=unit,
    )  # fmt: skip
    task = apply_template(ticket, template=template, owner=ada, actor=by, now=NOW)
    assert (task.title, task.owner, task.due_at) == ("Replace the seal", ada, due)
    assert task.rank_at == (due or NO_DEADLINE)
    assert [item.text for item in task.items.all()] == ["Drain", "Open", "Swap"]


def test_entries_are_ticked_and_unticked_once(ticket, by):
    task = add(ticket, by, checklist=("Drain", "Swap"))
    item = task.items.first()
    tick_item(item, actor=by, now=NOW)
    tick_item(item, actor=by, now=NOW)
    assert task.items.get(pk=item.pk).done_by == by.user
    untick_item(item, actor=by, now=NOW)
    untick_item(item, actor=by, now=NOW)
    assert not task.items.get(pk=item.pk).is_done
    steps = Event.objects.filter(kind=Event.Kind.TASK_CHANGED).values_list("data__step", flat=True)
    assert list(steps.order_by("pk")) == ["created", "item_done", "item_open"]


def test_changing_a_task_keeps_the_ticks_of_entries_that_stay(ticket, ada, by):
    task = add(ticket, by, checklist=("Drain", "Swap"))
    tick_item(task.items.get(text="Swap"), actor=by, now=NOW)
    facts = TaskFacts(title="Swap it", owner=ada, due_at=NOW + HOUR, checklist=("Swap", "Test"))
    task = change_task(task, facts=facts, actor=by, now=NOW)
    assert [(item.text, item.is_done) for item in task.items.all()] == [
        ("Swap", True),
        ("Test", False),
    ]
    assert (task.title, task.owner, task.rank_at) == ("Swap it", ada, NOW + HOUR)


def test_task_without_title_or_with_endless_list_is_refused(ticket, by):
    with pytest.raises(ValidationError):
        add(ticket, by, title="\u202e ")
    with pytest.raises(ValidationError):
        add(ticket, by, checklist=tuple(str(number) for number in range(51)))
    assert not Task.objects.exists()


def test_owner_is_told_once_when_it_is_due(ticket, ada, by):
    add(ticket, by, owner=ada, due_at=NOW + HOUR)
    timers.act_on_due(NOW + HOUR - timedelta(seconds=1))
    assert not Notification.objects.filter(kind="ticket.task_due").exists()
    for _again in range(2):
        timers.act_on_due(NOW + HOUR)
    told = Notification.objects.get(kind="ticket.task_due")
    assert (told.user, told.body) == (ada, "Replace the seal")


def test_done_task_rings_no_bell_and_a_reopened_one_does(ticket, ada, by):
    task = add(ticket, by, owner=ada, due_at=NOW + HOUR)
    complete_task(task, actor=by, now=NOW)
    timers.act_on_due(NOW + HOUR)
    assert not Notification.objects.exists()
    task = reopen_task(task, actor=by, now=NOW)
    facts = TaskFacts(title=task.title, owner=ada, due_at=NOW + 2 * HOUR)
    change_task(task, facts=facts, actor=by, now=NOW)
    timers.act_on_due(NOW + HOUR)
    assert not Notification.objects.exists()
    timers.act_on_due(NOW + 2 * HOUR)
    assert Notification.objects.count() == 1


def test_nobody_hears_of_a_task_on_a_ticket_they_may_no_longer_see(ticket, ben, by):
    add(ticket, by, owner=ben, due_at=NOW + HOUR)
    timers.act_on_due(NOW + HOUR)
    assert not Notification.objects.exists()


def test_templates_of_another_department_are_not_offered(sign_in, ticket, max_, billing, by):
    TaskTemplate.objects.create(name="Ours", title="Ours")
    TaskTemplate.objects.create(name="Billing only", title="Billing only", department=billing)
    panel = sign_in(max_).get(f"/admin/tickets/ticket/{ticket.number}/context").content.decode()
    assert "Ours" in panel
    assert "Billing only" not in panel


def test_managers_keep_templates(sign_in, max_):
    client = sign_in(max_)
    fields = {"name": "Seals", "title": "Replace", "checklist": "Drain", "due_unit": "days"}
    response = client.post("/admin/task_templates/add", fields)
    assert response.status_code == 303
    assert TaskTemplate.objects.get().lines == ["Drain"]
    bad = client.post("/admin/task_templates/add", {**fields, "name": "x", "due_amount": "-1"})
    assert bad.status_code == 422
    assert "Seals" in client.get("/admin/task_templates").content.decode()
