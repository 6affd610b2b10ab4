"""Reminders: a word to oneself about a ticket, told at a time."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import timers
from core.text import clean_line
from tickets.models import Reminder, Ticket

TIMER = "tickets.reminder"


@transaction.atomic
def remind(ticket: Ticket, *, user: User, at: datetime, text: str, now: datetime) -> Reminder:
    """Tell `user` at that time. Raises ValidationError for a time that has been."""
    if at <= now:
        raise ValidationError(_("Choose a time that is still to come."))
    reminder = Reminder.objects.create(
        ticket=ticket, user=user, at=at, text=clean_line(text, 200), created_at=now
    )
    timers.schedule(TIMER, str(reminder.pk), due_at=at)
    return reminder


@transaction.atomic
def forget_reminder(reminder: Reminder) -> None:
    """Call a reminder off that was not told yet."""
    if Reminder.objects.filter(pk=reminder.pk, told_at=None).delete()[0]:
        timers.cancel(TIMER, str(reminder.pk))
