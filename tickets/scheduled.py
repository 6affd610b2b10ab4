"""Scheduled replies at their time."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from core import registries
from core.models import TimedAction
from core.timers import TimerKind, timer_kinds
from tickets import kept_files
from tickets.actions import scheduling
from tickets.models import ScheduledReply, Ticket


def lock_scheduled(action: TimedAction) -> None:
    """The ticket before the timer, as `schedule_reply` takes them."""
    tickets = Ticket.objects.filter(scheduled_replies=int(action.key))
    Ticket.objects.select_for_update(of=("self",)).filter(pk__in=tickets).first()


def send_due(action: TimedAction, now: datetime) -> None:
    """Post it, unless it was posted or called off; put off by hand, it waits."""
    row = ScheduledReply.objects.select_related("ticket").filter(pk=action.key).first()
    if row is not None and row.due_at <= now:
        scheduling.send_scheduled(row, now=now)


timer_kinds.register(scheduling.TIMER, TimerKind(_("Scheduled reply"), send_due, lock_scheduled))
registries.referenced_digests.register("tickets.kept_files", kept_files.digests_in_use)
