"""Setting tickets aside, reminders, tasks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.models import TimedAction
from core.timers import act_on_due
from notifications.models import Notification
from tests.factories import make_inbound, make_ticket
from tickets.actions import (
    assign_ticket,
    close_ticket,
    complete_task,
    create_task,
    forget_reminder,
    remind,
    reopen_task,
    snooze_ticket,
    transfer_ticket,
    wake_ticket,
)
from tickets.actors import Actor
from tickets.models import Task, Ticket

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)


def snoozed(cleo, technical, ada) -> Ticket:
    ticket = make_ticket(cleo, technical, now=NOW)
    assign_ticket(ticket, assignee=ada, actor=Actor.of_user(ada), now=NOW)
    return snooze_ticket(ticket, until=NOW + HOUR, actor=Actor.of_user(ada), now=NOW)


def test_a_snoozed_ticket_comes_back_at_its_time_and_its_assignee_hears_it(cleo, technical, ada):
    ticket = snoozed(cleo, technical, ada)
    assert not Ticket.objects.awake().exists()
    act_on_due(NOW + HOUR - timedelta(seconds=1))
    assert not Ticket.objects.awake().exists()
    act_on_due(NOW + HOUR)
    assert Ticket.objects.awake().get() == ticket
    assert ticket.events.filter(kind="woken").count() == 1
    notice = Notification.objects.get()
    assert (notice.user, notice.url) == (ada, f"/admin/tickets/ticket/{ticket.number}")


def test_the_customer_wakes_it_earlier_and_the_timer_is_gone(cleo, technical, ada):
    ticket = snoozed(cleo, technical, ada)
    make_inbound(ticket, now=NOW + HOUR / 2)
    assert Ticket.objects.get().snoozed_until is None
    assert not TimedAction.objects.exists()
    assert ticket.events.get(kind="woken").actor_customer == cleo


def test_waking_by_hand_and_a_moved_end(cleo, technical, ada):
    ticket, actor = snoozed(cleo, technical, ada), Actor.of_user(ada)
    snooze_ticket(ticket, until=NOW + 2 * HOUR, actor=actor, now=NOW)
    act_on_due(NOW + HOUR)
    assert not Ticket.objects.awake().exists()
    for _time in range(2):
        ticket = wake_ticket(ticket, actor=actor, now=NOW + HOUR)
    assert ticket.events.filter(kind="woken").count() == 1


def test_only_open_tickets_and_times_to_come(cleo, technical, ada):
    ticket, actor = make_ticket(cleo, technical), Actor.of_user(ada)
    with pytest.raises(ValidationError):
        snooze_ticket(ticket, until=NOW - HOUR, actor=actor, now=NOW)
    close_ticket(ticket, actor=actor, now=NOW)
    with pytest.raises(ValidationError):
        snooze_ticket(ticket, until=NOW + HOUR, actor=actor, now=NOW)


def test_closing_ends_the_snooze_and_its_timer_does_nothing(cleo, technical, ada):
    ticket = snoozed(cleo, technical, ada)
    ticket = close_ticket(ticket, actor=Actor.of_user(ada), now=NOW)
    assert ticket.snoozed_until is None
    assert act_on_due(NOW + HOUR) == 1
    assert not ticket.events.filter(kind="woken").exists()


def test_a_reminder_is_told_once_with_its_text(cleo, technical, ada):
    ticket = make_ticket(cleo, technical)
    reminder = remind(ticket, user=ada, at=NOW + HOUR, text="Call the supplier", now=NOW)
    for _time in range(2):
        act_on_due(NOW + HOUR)
    assert Notification.objects.get().body == "Call the supplier"
    reminder.refresh_from_db()
    assert reminder.told_at == NOW + HOUR


def test_a_reminder_can_be_called_off_and_needs_a_time_to_come(cleo, technical, ada):
    ticket = make_ticket(cleo, technical)
    forget_reminder(remind(ticket, user=ada, at=NOW + HOUR, text="", now=NOW))
    assert act_on_due(NOW + HOUR) == 0
    with pytest.raises(ValidationError):
        remind(ticket, user=ada, at=NOW, text="", now=NOW)


def test_who_may_not_see_the_ticket_any_more_is_not_reminded(cleo, technical, billing, ada, max_):
    ticket = make_ticket(cleo, technical)
    remind(ticket, user=ada, at=NOW + HOUR, text="", now=NOW)
    transfer_ticket(ticket, department=billing, actor=Actor.of_user(max_), now=NOW)
    act_on_due(NOW + HOUR)
    assert not Notification.objects.exists()


def test_tasks_are_created_done_and_reopened_in_the_history(cleo, technical, ada):
    ticket, actor = make_ticket(cleo, technical), Actor.of_user(ada)
    task = create_task(
        ticket, title=" Send\nvalve ", owner=ada, due_at=NOW, actor=actor, now=NOW - HOUR
    )
    assert task.is_late(NOW)
    for _time in range(2):
        task = complete_task(task, actor=actor, now=NOW)
    assert (task.done_at, task.done_by) == (NOW, ada)
    for _time in range(2):
        task = reopen_task(task, actor=actor, now=NOW)
    assert Task.objects.open().get().title == "Send valve"
    steps = [event.data["step"] for event in ticket.events.filter(kind="task_changed")]
    assert steps == ["created", "done", "reopened"]
    with pytest.raises(ValidationError):
        create_task(ticket, title=" ", owner=None, due_at=None, actor=actor, now=NOW)
