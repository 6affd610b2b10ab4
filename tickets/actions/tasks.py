"""Tasks of a ticket: created, done, reopened."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core.events import emit
from core.text import clean_line
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.events import TaskChanged
from tickets.models import Event, Task, Ticket

CREATED, DONE, REOPENED = "created", "done", "reopened"


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
    title = clean_line(title, 200)
    if not title:
        raise ValidationError(_("Say what is to be done."))
    task = Task.objects.create(
        ticket=lock_ticket(ticket),
        title=title,
        owner=owner,
        due_at=due_at,
        created_at=now,
        created_by_name=actor.name[:160],
    )
    return _tell(task, CREATED, actor=actor, now=now)


@transaction.atomic
def complete_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """Tick a task off; a done one stays as it is. Emits TaskChanged."""
    task = _locked(task)
    if task.is_done:
        return task
    task.done_at, task.done_by = now, actor.user
    task.save(update_fields=["done_at", "done_by"])
    return _tell(task, DONE, actor=actor, now=now)


@transaction.atomic
def reopen_task(task: Task, *, actor: Actor, now: datetime) -> Task:
    """Put a done task back on the list. Emits TaskChanged."""
    task = _locked(task)
    if not task.is_done:
        return task
    task.done_at = task.done_by = None
    task.save(update_fields=["done_at", "done_by"])
    return _tell(task, REOPENED, actor=actor, now=now)


def _locked(task: Task) -> Task:
    """The task under the lock of its ticket, as every action takes it."""
    ticket = lock_ticket(task.ticket)
    fresh = Task.objects.select_related("owner").get(pk=task.pk)
    fresh.ticket = ticket
    return fresh


def _tell(task: Task, step: str, *, actor: Actor, now: datetime) -> Task:
    ticket = task.ticket
    ticket.updated_at = now
    ticket.save(update_fields=["updated_at"])
    record_event(
        ticket,
        Event.Kind.TASK_CHANGED,
        actor=actor,
        now=now,
        step=step,
        task=task.title,
        owner=task.owner.display_name if task.owner else "",
    )
    emit(TaskChanged(ticket=ticket, actor=actor, now=now, task=task, step=step))
    return task
