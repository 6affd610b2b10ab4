"""The side panel's work: tasks, watchers, own reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from core.moments import day_time
from desk.links import ticket_url
from desk.step_forms import TaskForm
from desk.task_list import TaskLine, task_lines
from tickets.models import Reminder, Ticket

MAX_TASKS = 50


@dataclass(frozen=True)
class ReminderLine:
    """An own reminder that was not told yet."""

    text: str
    at: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Work:
    """Everything around the ticket that is not said in it."""

    base_url: str
    tasks: list[TaskLine]
    tasks_count: SafeString
    task_form: TaskForm
    watchers: list[str]
    watchers_count: SafeString
    is_watching: bool
    watching_url: str
    reminders: list[ReminderLine]


def work_of(ticket: Ticket, *, user: User, now: datetime) -> Work:
    """Tasks, the open ones first; who watches; what `user` wants to be reminded of."""
    base_url = ticket_url(ticket.number)
    tasks = list(ticket.tasks.select_related("owner").order_by("done_at", "pk")[:MAX_TASKS])
    for task in tasks:
        task.ticket = ticket
    tasks.sort(key=lambda task: (task.is_done, task.pk))
    watchers = [row.user for row in ticket.watchers.select_related("user")]
    is_watching = user.pk in {watcher.pk for watcher in watchers}
    return Work(
        base_url=base_url,
        tasks=task_lines(tasks, now=now),
        tasks_count=ui.counter(sum(not task.is_done for task in tasks), unit=_("to do")),
        task_form=TaskForm(ticket=ticket, user=user),
        watchers=[watcher.display_name for watcher in watchers],
        watchers_count=ui.counter(len(watchers), unit=_("watchers")),
        is_watching=is_watching,
        watching_url=f"{base_url}/watching{'/removal' if is_watching else ''}",
        reminders=_reminders(ticket, user, now),
    )


def _reminders(ticket: Ticket, user: User, now: datetime) -> list[ReminderLine]:
    waiting = Reminder.objects.filter(ticket=ticket, user=user.pk, told_at=None).order_by("at")
    return [
        ReminderLine(
            text=row.text or _("Look at this ticket again"),
            at=day_time(row.at, now=now),
            url=f"{ticket_url(ticket.number)}/reminders/{row.pk}/removal",
        )
        for row in waiting
    ]
