"""Tasks of a ticket: created, by a template too, changed, done, reopened; their checklists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import timers
from core.events import emit
from core.text import clean_line
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.events import TaskChanged
from tickets.models import NO_DEADLINE, Event, Task, TaskItem, TaskTemplate, Ticket
from tickets.working_hours import due_of

CREATED, DONE, REOPENED, CHANGED = "created", "done", "reopened", "changed"
ITEM_DONE, ITEM_OPEN = "item_done", "item_open"
TIMER = "tickets.task"
MAX_ITEMS = 50


@dataclass(frozen=True, kw_only=True)
class TaskFacts:
    """What a task says; `checklist` is one line for each entry."""

    title: str
    owner: User | None = None
    due_at: datetime | None = None
    checklist: tuple[str, ...] = ()


@transaction.atomic
def create_task(
    ticket: Ticket,
    *,
    title: str,
    owner: User | None,
    due_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> Task:
    """Add something to do. Raises ValidationError without a title. Emits TaskChanged."""
    facts = TaskFacts(title=title, owner=owner, due_at=due_at)
    return add_task(ticket, facts=facts, actor=actor, now=now)


@transaction.atomic
def add_task(ticket: Ticket, *, facts: TaskFacts, actor: Actor, now: datetime) -> Task:
    """Add something to do with its checklist; its owner is told when it is due.

    Raises ValidationError without a title. Emits TaskChanged.
    """
    task = Task(ticket=lock_ticket(ticket), created_at=now, created_by_name=actor.name[:160])
    _fill(task, facts)
    task.save(force_insert=True)
    _write_checklist(task, facts.checklist)
    if task.due_at is not None:
        _arm(task, now)
    return _tell(task, CREATED, actor=actor, now=now)


@transaction.atomic
def apply_template(
    ticket: Ticket,
    *,
    template: TaskTemplate,
    owner: User | None,
    actor: Actor,
    now: datetime,
) -> Task:
    """Add the task a template describes, due in the hours of the department. Emits TaskChanged."""
    facts = TaskFacts(
        title=template.title,
        owner=owner,
        due_at=due_of(template, department=ticket.department, now=now),
        checklist=tuple(template.lines),
    )
    return add_task(ticket, facts=facts, actor=actor, now=now)


@transaction.atomic
def change_task(task: Task, *, facts: TaskFacts, actor: Actor, now: datetime) -> Task:
    """Another title, owner, due time or checklist; entries that stay keep their tick.

    Raises ValidationError without a title. Emits TaskChanged.
    """
    task = _locked(task)
    _fill(task, facts)
    task.save(update_fields=["title", "owner", "due_at", "rank_at"])
    _write_checklist(task, facts.checklist)
    _arm(task, now)
    return _tell(task, CHANGED, actor=actor, now=now)


@transaction.atomic
def complete_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """Tick a task off; a done one stays as it is. Emits TaskChanged."""
    task = _locked(task)
    if task.is_done:
        return task
    task.done_at, task.done_by = now, actor.user
    task.save(update_fields=["done_at", "done_by"])
    timers.cancel(TIMER, str(task.pk))
    return _tell(task, DONE, actor=actor, now=now)


@transaction.atomic
def reopen_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """Put a done task back on the list. Emits TaskChanged."""
    task = _locked(task)
    if not task.is_done:
        return task
    task.done_at = task.done_by = None
    task.save(update_fields=["done_at", "done_by"])
    _arm(task, now)
    return _tell(task, REOPENED, actor=actor, now=now)


@transaction.atomic
def tick_item(item: TaskItem, *, actor: Actor, now: datetime) -> TaskItem:
    """Tick an entry of a checklist off; a ticked one stays so. Emits TaskChanged."""
    item = _locked_item(item)
    if item.is_done:
        return item
    item.done_at, item.done_by = now, actor.user
    item.save(update_fields=["done_at", "done_by"])
    _tell(item.task, ITEM_DONE, actor=actor, now=now, item=item.text)
    return item


@transaction.atomic
def untick_item(item: TaskItem, *, actor: Actor, now: datetime) -> TaskItem:
    """Take the tick of an entry back. Emits TaskChanged."""
    item = _locked_item(item)
    if not item.is_done:
        return item
    item.done_at = item.done_by = None
    item.save(update_fields=["done_at", "done_by"])
    _tell(item.task, ITEM_OPEN, actor=actor, now=now, item=item.text)
    return item


def _fill(task: Task, facts: TaskFacts) -> None:
    title = clean_line(facts.title, 200)
    if not title:
        raise ValidationError(_("Say what is to be done."))
    task.title, task.owner, task.due_at = title, facts.owner, facts.due_at
    task.rank_at = facts.due_at or NO_DEADLINE


def _write_checklist(task: Task, texts: tuple[str, ...]) -> None:
    """The entries in this order: known ones stay with their ticks, new ones come, others go."""
    wanted = list(dict.fromkeys(line for text in texts if (line := clean_line(text, 200))))
    if len(wanted) > MAX_ITEMS:
        raise ValidationError(_("At most %(limit)d entries.") % {"limit": MAX_ITEMS})
    known = {item.text: item for item in task.items.all()}
    task.items.exclude(text__in=wanted).delete()
    for position, text in enumerate(wanted):
        item = known.get(text) or TaskItem(task=task, text=text)
        item.position = position
        item.save()


def _arm(task: Task, now: datetime) -> None:
    """The owner is told once, when it is due; a time that has been rings no bell."""
    if task.due_at is None or task.due_at <= now or task.is_done:
        timers.cancel(TIMER, str(task.pk))
        return
    timers.schedule(TIMER, str(task.pk), due_at=task.due_at)


def _locked(task: Task) -> Task:
    """The task under the lock of its ticket, as every action takes it."""
    ticket = lock_ticket(task.ticket)
    fresh = Task.objects.select_related("owner").get(pk=task.pk)
    fresh.ticket = ticket
    return fresh


def _locked_item(item: TaskItem) -> TaskItem:
    task = _locked(item.task)
    fresh = TaskItem.objects.get(pk=item.pk)
    fresh.task = task
    return fresh


def _tell(task: Task, step: str, *, actor: Actor, now: datetime, item: str = "") -> Task:
    ticket = task.ticket
    ticket.updated_at = now
    ticket.save(update_fields=["updated_at"])
    entry: dict[str, Any] = {"item": item} if item else {}
    record_event(
        ticket,
        Event.Kind.TASK_CHANGED,
        actor=actor,
        now=now,
        step=step,
        task=task.title,
        owner=task.owner.display_name if task.owner else "",
        **entry,
    )
    emit(TaskChanged(ticket=ticket, actor=actor, now=now, task=task, step=step))
    return task
