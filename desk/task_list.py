"""Tasks as lines: those of one ticket, and the list of everything to do (A-10)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import QueryDict
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from core.keyset import Order, page_of
from core.moments import moment_mark
from core.ui import COUNTER_LIMIT
from desk.links import tasks_url, ticket_url
from tickets.models import Task, TaskItem
from tickets.models.work import TaskQuerySet

MINE, TEAM, LATE, DONE, ALL = "mine", "team", "overdue", "done", "all"
VIEWS = (MINE, TEAM, LATE, DONE, ALL)
_DUE_FIRST = Order(("rank_at", "id"))
_DONE_LAST = Order(("done_at", "id"), is_descending=True)


@dataclass(frozen=True, kw_only=True)
class TaskLine:
    """One task; `done_url` ticks it off or puts it back, `url` is its form."""

    title: str
    url: str
    done_url: str
    is_done: bool
    is_late: bool
    due: SafeString | str
    owner: SafeString
    number: str
    subject: str
    ticket_url: str
    items: list[TaskItem]
    progress: str


@dataclass(frozen=True, kw_only=True)
class TaskPage:
    """The list as its template prints it."""

    whose: str
    lines: list[TaskLine]
    tabs: list[tuple[str, str, bool]]
    is_done: bool
    previous_url: str
    next_url: str


def task_list(user: User, asked: QueryDict, *, now: datetime) -> TaskPage:
    """Tasks of tickets `user` may see: one's own, one's teams', the late, the done, or all open."""
    whose = asked.get("whose", "")
    whose = whose if whose in VIEWS else MINE
    tasks = Task.objects.visible_to(user).select_related("ticket", "owner")
    order = _DONE_LAST if whose == DONE else _DUE_FIRST
    page = page_of(_wanted(tasks, whose, user, now).prefetch_related("items"), order, asked)
    return TaskPage(
        whose=whose,
        lines=task_lines(page.rows, now=now),
        tabs=[(words, tasks_url(whose=key), key == whose) for key, words in _named()],
        is_done=whose == DONE,
        previous_url=tasks_url(whose=whose, before=page.previous) if page.previous else "",
        next_url=tasks_url(whose=whose, after=page.next) if page.next else "",
    )


def task_lines(tasks: Iterable[Task], *, now: datetime) -> list[TaskLine]:
    """Lines of tasks that were read with ticket, owner and items."""
    return [_line(task, now) for task in tasks]


def today_of(user: User, *, now: datetime, most: int) -> list[TaskLine]:
    """What `user` is to have done by midnight, and what is late."""
    due = _due_today(user, now).order_by("rank_at", "pk")
    found = due.select_related("ticket", "owner").prefetch_related("items")
    return task_lines(found[:most], now=now)


def count_today(user: User, *, now: datetime) -> int:
    """How many these are, up to COUNTER_LIMIT + 1."""
    return _due_today(user, now).order_by()[: COUNTER_LIMIT + 1].count()


def _due_today(user: User, now: datetime) -> TaskQuerySet:
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    due = Task.objects.open().visible_to(user).filter(owner=user.pk)
    return due.due_by(midnight + timedelta(days=1))


def _named() -> list[tuple[str, str]]:
    return [
        (MINE, _("Mine")),
        (TEAM, _("My teams")),
        (LATE, _("Overdue")),
        (DONE, _("Done")),
        (ALL, _("All")),
    ]


def _wanted(tasks: TaskQuerySet, whose: str, user: User, now: datetime) -> TaskQuerySet:
    match whose:
        case "mine":
            return tasks.open().filter(owner=user.pk)
        case "team":
            teams = user.teams.filter(archived_at=None).values("pk")
            return tasks.open().filter(owner__in=User.objects.filter(teams__in=teams))
        case "overdue":
            return tasks.open().due_by(now)
        case "done":
            return tasks.done()
    return tasks.open()


def _line(task: Task, now: datetime) -> TaskLine:
    base, owner = ticket_url(task.ticket.number), task.owner.display_name if task.owner else ""
    url, items = f"{base}/tasks/{task.pk}", list(task.items.all())
    done = sum(item.is_done for item in items)
    return TaskLine(
        title=task.title,
        url=url,
        done_url=f"{url}/completion{'/removal' if task.is_done else ''}",
        is_done=task.is_done,
        is_late=task.is_late(now),
        due=moment_mark(task.due_at, now=now) if task.due_at else "",
        owner=ui.avatar(owner, label=owner),
        number=f"#{task.ticket.number}",
        subject=task.ticket.subject,
        ticket_url=base,
        items=items,
        progress=f"{done}/{len(items)}" if items else "",
    )
