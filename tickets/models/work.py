"""Work around a ticket: tasks, reminders, colleagues who watch."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tickets.models.ticket import Ticket

if TYPE_CHECKING:
    from accounts.models import User


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks in the words of their list."""

    def open(self) -> TaskQuerySet:
        return self.filter(done_at=None)

    def visible_to(self, user: User) -> TaskQuerySet:
        """Tasks of the tickets this person may see."""
        return self.filter(ticket__in=Ticket.objects.visible_to(user))


class Task(models.Model):
    """Something to do for a ticket besides answering it."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="tasks")
    title = models.CharField(max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="tasks"
    )
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    created_by_name = models.CharField(max_length=160, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "id"], name="task_of_ticket"),
            models.Index(
                fields=["due_at", "id"], name="task_open_due", condition=models.Q(done_at=None)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    def is_late(self, now: datetime) -> bool:
        return self.done_at is None and self.due_at is not None and self.due_at <= now


class Reminder(models.Model):
    """A word to oneself about a ticket, to be told at a time."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="reminders")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    at = models.DateTimeField()
    text = models.CharField(max_length=200, blank=True)
    told_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["ticket", "user"], name="reminder_of_ticket")]

    def __str__(self) -> str:
        return self.text or f"ticket {self.ticket_id}"


class Watcher(models.Model):
    """A colleague who wants to hear what happens to a ticket."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="watchers")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="watched")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="watcher_once")]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.ticket_id}"
