"""What the ticket domain does at a time: waking what was set aside, telling reminders."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import User
from core.models import TimedAction
from core.timers import TimerKind, timer_kinds
from notifications.actions import notify
from notifications.kinds import MAIL, NoticeKind, notice_kinds
from notifications.notices import Notice
from tickets.actions import reminders, snoozing
from tickets.actors import Actor
from tickets.models import Reminder, Ticket

REMINDER = "ticket.reminder"


def lock_snoozed(action: TimedAction) -> None:
    """The ticket before its timer, as `snooze_ticket` takes them."""
    Ticket.objects.select_for_update(of=("self",)).filter(pk=action.key).first()


def wake_due(action: TimedAction, now: datetime) -> None:
    """Bring the ticket back and tell its assignee, unless its end was moved or it is awake."""
    ticket = Ticket.objects.select_related("assignee").filter(pk=action.key).first()
    if ticket is None or ticket.snoozed_until is None or ticket.snoozed_until > now:
        return
    key = f"woken:{ticket.pk}:{ticket.snoozed_until.timestamp():.0f}"
    snoozing.wake_ticket(ticket, actor=Actor.system(""), now=now)
    if ticket.assignee is not None:
        title = _("Back in the queue: #%(number)s %(subject)s")
        tell_reader(
            ticket.assignee, notice_about(ticket, title, ticket.assignee), ticket, key=key, now=now
        )


def tell_reminder(action: TimedAction, now: datetime) -> None:
    """Tell the one who asked for it, unless it was told."""
    rows = Reminder.objects.select_for_update(of=("self",)).select_related("ticket", "user")
    reminder = rows.filter(pk=action.key, told_at=None).first()
    if reminder is None:
        return
    reminder.told_at = now
    reminder.save(update_fields=["told_at"])
    title = _("Reminder: #%(number)s %(subject)s")
    notice = notice_about(reminder.ticket, title, reminder.user, body=reminder.text)
    key = f"reminder:{reminder.pk}"
    tell_reader(reminder.user, notice, reminder.ticket, key=key, now=now)


def notice_about(
    ticket: Ticket, title: Any, user: User, *, body: str = "", kind: str = REMINDER
) -> Notice:
    """News about a ticket in the language of the one who gets it."""
    with override(user.language or None):
        words = str(title) % {"number": ticket.number, "subject": ticket.subject}
    return Notice(
        kind=kind,
        title=words,
        body=body,
        url=reverse("desk:ticket", args=[ticket.number]),
        about=f"ticket:{ticket.pk}",
    )


def tell_reader(user: User, notice: Notice, ticket: Ticket, *, key: str, now: datetime) -> None:
    """Only those who may still see the ticket hear of it (X-15)."""
    if Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        notify([user], notice, key=key, now=now)


timer_kinds.register(snoozing.TIMER, TimerKind(_("Snoozed ticket"), wake_due, lock_snoozed))
timer_kinds.register(reminders.TIMER, TimerKind(_("Reminder about a ticket"), tell_reminder))
notice_kinds.register(REMINDER, NoticeKind(REMINDER, _("Reminders"), (MAIL,), _("Tickets")))
