"""Tasks as lines: those of one ticket, and the list of everything to do (A-10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from core.moments import moment_mark
from desk.links import tasks_url, ticket_url
from tickets.models import Task

MINE, ALL = "mine", "all"
MAX_ROWS = 200


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """One task with the address that ticks it off, or puts it back."""

    title: str
    url: str
    is_done: bool
    is_late: bool
    due: SafeString | str
    owner: SafeString
    number: str
    subject: str
    ticket_url: str


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    """The list as its template prints it."""

    whose: str
    lines: list[TaskLine]
    tabs: list[tuple[str, str, bool]]
    has_more: bool


def task_list(user: User, *, whose: str, now: datetime) -> TaskPage:
    """Open tasks of tickets `user` may see, the earliest due first, undated ones last."""
    tasks = Task.objects.open().visible_to(user).select_related("ticket", "owner")
    if whose == MINE:
        tasks = tasks.filter(owner=user.pk)
    found = list(tasks.order_by(F("due_at").asc(nulls_last=True), "pk")[: MAX_ROWS + 1])
    named = ((MINE, _("Mine")), (ALL, _("All")))
    return TaskPage(
        whose=whose,
        lines=task_lines(found[:MAX_ROWS], now=now),
        tabs=[(words, tasks_url(whose=key), key == whose) for key, words in named],
        has_more=len(found) > MAX_ROWS,
    )


def task_lines(tasks: Iterable[Task], *, now: datetime) -> list[TaskLine]:
    """Lines of tasks that were read with ticket and owner."""
    return [_line(task, now) for task in tasks]


def _line(task: Task, now: datetime) -> TaskLine:
    base, owner = ticket_url(task.ticket.number), task.owner.display_name if task.owner else ""
    part = f"tasks/{task.pk}/completion{'/removal' if task.is_done else ''}"
    return TaskLine(
        title=task.title,
        url=f"{base}/{part}",
        is_done=task.is_done,
        is_late=task.is_late(now),
        due=moment_mark(task.due_at, now=now) if task.due_at else "",
        owner=ui.avatar(owner, label=owner),
        number=f"#{task.ticket.number}",
        subject=task.ticket.subject,
        ticket_url=base,
    )
