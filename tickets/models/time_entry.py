"""Time spent on a ticket: measured by a timer, or written down by hand."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.role import Permission
from tickets.models.ticket import Ticket

if TYPE_CHECKING:
    from accounts.models import User


class TimeEntryQuerySet(models.QuerySet["TimeEntry"]):
    """Time entries in the words of their card."""

    def running(self) -> TimeEntryQuerySet:
        return self.filter(ended_at=None)

    def changeable_by(self, user: User) -> TimeEntryQuerySet:
        """One's own; those who see all tickets correct everybody's."""
        return self if user.may(Permission.TICKETS_ALL) else self.filter(user=user)

    def visible_to(self, user: User) -> TimeEntryQuerySet:
        """Entries of the tickets this person may see."""
        return self.filter(ticket__in=Ticket.objects.visible_to(user))


class TimeEntry(models.Model):
    """A stretch of work; a timer runs as long as it has no end."""

    class Source(models.TextChoices):
        TIMER = "timer", _("Timer")
        MANUAL = "manual", _("By hand")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="time_entries")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="time_entries"
    )
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    # What counts: people correct it without bending the times.
    seconds = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=200, blank=True)
    is_billable = models.BooleanField(default=False)
    source = models.CharField(max_length=6, choices=Source)

    objects = TimeEntryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(ended_at=None), name="one_running_timer"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at=None) | models.Q(ended_at__gte=models.F("started_at")),
                name="time_entry_runs_forwards",
            ),
        ]
        indexes = [
            models.Index(fields=["ticket", "started_at"], name="time_entry_of_ticket"),
            models.Index(
                fields=["started_at"], name="time_entry_running", condition=models.Q(ended_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seconds} s on ticket {self.ticket_id}"

    @property
    def is_running(self) -> bool:
        return self.ended_at is None

    def seconds_at(self, now: datetime) -> int:
        """What counts until `now`: of a running timer the time since its start."""
        if self.ended_at is not None:
            return self.seconds
        return max(int((now - self.started_at).total_seconds()), 0)
