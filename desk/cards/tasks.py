"""The card of tasks: what is to be done for the ticket, and templates of what often is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from desk.cards.card import Card
from desk.task_list import TaskLine, task_lines
from desk.work_forms import TaskForm
from tickets.models import TaskTemplate, Ticket
from tickets.task_templates import templates_for

MAX_TASKS = 50


@dataclass(frozen=True, kw_only=True)
class Tasks:
    """The card as its template prints it."""

    lines: list[TaskLine]
    count: SafeString
    templates: list[TaskTemplate]
    form: TaskForm


def tasks_of(ticket: Ticket, user: User, now: datetime) -> Tasks:
    """The open ones first, each with its checklist."""
    found = ticket.tasks.select_related("owner").prefetch_related("items")
    tasks = list(found.order_by("done_at", "pk")[:MAX_TASKS])
    for task in tasks:
        task.ticket = ticket
    tasks.sort(key=lambda task: (task.is_done, task.pk))
    form = TaskForm(ticket=ticket, user=user)
    form.auto_id = "card_task_%s"  # the step above the thread has a form of the same fields
    return Tasks(
        lines=task_lines(tasks, now=now),
        count=ui.counter(sum(not task.is_done for task in tasks), unit=_("to do")),
        templates=templates_for(ticket.department_id),
        form=form,
    )


CARD = Card(template="desk/cards/tasks.html", build=tasks_of)
