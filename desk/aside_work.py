"""The side panel's watchers and own reminders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from core.moments import day_time
from desk.links import ticket_url
from tickets.models import Reminder, Ticket


@dataclass(frozen=True)
class ReminderLine:
    """An own reminder that was not told yet."""

    text: str
    at: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Work:
    """Who looks on, and what one wants to be told."""

    base_url: str
    watchers: list[str]
    watchers_count: SafeString
    is_watching: bool
    watching_url: str
    reminders: list[ReminderLine]


def work_of(ticket: Ticket, *, user: User, now: datetime) -> Work:
    """Who watches; what `user` wants to be reminded of."""
    base_url = ticket_url(ticket.number)
    watchers = [row.user for row in ticket.watchers.select_related("user")]
    is_watching = user.pk in {watcher.pk for watcher in watchers}
    return Work(
        base_url=base_url,
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
