"""What work around tickets does at a time: due tasks, appointments ahead, forgotten timers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext_lazy as _

from core.models import TimedAction
from core.timers import TimerKind, timer_kinds
from notifications.kinds import MAIL, NoticeKind, notice_kinds
from tickets.actions import appointments, tasks, time_entries
from tickets.actors import Actor
from tickets.models import Appointment, Task, Ticket, TimeEntry
from tickets.timed import notice_about, tell_reader

TASK, APPOINTMENT, FORGOTTEN = "ticket.task_due", "ticket.appointment", "ticket.timer"
BATCH = 100


def lock_ticket_of_task(action: TimedAction) -> None:
    """The ticket before its timer, as the actions take them."""
    _lock(Ticket.objects.filter(tasks=int(action.key)))


def tell_due_task(action: TimedAction, now: datetime) -> None:
    """Tell the owner, or whoever has the ticket, that a task is due; not of one that was done."""
    rows = Task.objects.open().select_related("ticket__assignee", "owner")
    task = rows.filter(pk=action.key, due_at__lte=now).first()
    if task is None:
        return
    person = task.owner or task.ticket.assignee
    if person is not None:
        title = _("A task is due: #%(number)s %(subject)s")
        key = f"task:{task.pk}:{task.rank_at.timestamp():.0f}"
        notice = notice_about(task.ticket, title, person, body=task.title, kind=TASK)
        tell_reader(person, notice, task.ticket, key=key, now=now)


def lock_ticket_of_appointment(action: TimedAction) -> None:
    """The ticket before its timer, as the actions take them."""
    _lock(Ticket.objects.filter(appointments=int(action.key)))


def tell_appointment(action: TimedAction, now: datetime) -> None:
    """Remind who is responsible, unless it is over, was called off, or was moved away."""
    rows = Appointment.objects.planned().select_related("ticket", "responsible")
    soon = now + appointments.AHEAD
    found = rows.filter(pk=action.key, starts_at__lte=soon, ends_at__gt=now).first()
    if found is None or found.responsible is None:
        return
    person = found.responsible
    at = time_format(timezone.localtime(found.starts_at, person.zone), "H:i")
    title = _("Appointment soon: #%(number)s %(subject)s")
    key = f"appointment:{found.pk}:{found.starts_at.timestamp():.0f}"
    body = f"{at} {found.title}"
    notice = notice_about(found.ticket, title, person, body=body, kind=APPOINTMENT)
    tell_reader(person, notice, found.ticket, key=key, now=now)


def stop_forgotten_timers(now: datetime) -> int:
    """Stop timers that ran over the longest time, and say so to those who left them; how many."""
    old = TimeEntry.objects.running().filter(started_at__lte=now - time_entries.LONGEST)
    rows = old.select_related("user", "ticket").order_by("started_at")[:BATCH]
    return sum(_stop(entry, now) for entry in rows)


def _stop(entry: TimeEntry, now: datetime) -> bool:
    stopped = time_entries.stop_forgotten(entry, actor=Actor.system(""), now=now)
    if stopped is None or stopped.user is None:
        return False
    title = _("Your timer was stopped after 12 hours: #%(number)s %(subject)s")
    key = f"timer:{stopped.pk}"
    notice = notice_about(stopped.ticket, title, stopped.user, kind=FORGOTTEN)
    tell_reader(stopped.user, notice, stopped.ticket, key=key, now=now)
    return True


def _lock(tickets: Any) -> None:
    tickets.select_for_update(of=("self",)).first()


timer_kinds.register(tasks.TIMER, TimerKind(_("Task is due"), tell_due_task, lock_ticket_of_task))
timer_kinds.register(
    appointments.TIMER,
    TimerKind(_("Appointment ahead"), tell_appointment, lock_ticket_of_appointment),
)
for kind, label in (
    (TASK, _("Tasks that are due")),
    (APPOINTMENT, _("Appointments")),
    (FORGOTTEN, _("Forgotten timers")),
):
    notice_kinds.register(kind, NoticeKind(kind, label, (MAIL,), _("Tickets")))
