"""Work around a ticket: tasks with checklists and templates, reminders, colleagues who watch."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tickets.models.ticket import NO_DEADLINE, Ticket

if TYPE_CHECKING:
    from accounts.models import User


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks in the words of their list."""

    def open(self) -> TaskQuerySet:
        return self.filter(done_at=None)

    def done(self) -> TaskQuerySet:
        return self.filter(done_at__isnull=False)

    def due_by(self, moment: datetime) -> TaskQuerySet:
        """Those that must be done before `moment`."""
        return self.filter(rank_at__lte=moment)

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
    # The column the list is sorted by: `due_at`, or a far day, for NULL breaks row comparison.
    rank_at = models.DateTimeField(default=NO_DEADLINE)
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
                fields=["rank_at", "id"], name="task_open_rank", condition=models.Q(done_at=None)
            ),
            models.Index(
                fields=["owner", "rank_at", "id"],
                name="task_open_of_owner",
                condition=models.Q(done_at=None),
            ),
            models.Index(
                fields=["done_at", "id"],
                name="task_done",
                condition=models.Q(done_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_done(self) -> bool:
        return self.done_at is not None

    def is_late(self, now: datetime) -> bool:
        return self.done_at is None and self.due_at is not None and self.due_at <= now


class TaskItem(models.Model):
    """One line of a task's checklist."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="items")
    text = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["task", "position", "id"], name="task_item_of_task")]

    def __str__(self) -> str:
        return self.text

    @property
    def is_done(self) -> bool:
        return self.done_at is not None


class TaskTemplateQuerySet(models.QuerySet["TaskTemplate"]):
    """Templates in use."""

    def active(self) -> TaskTemplateQuerySet:
        return self.filter(archived_at=None)


class TaskTemplate(models.Model):
    """A task that is given again and again: its title, its checklist, and how long it may take."""

    class Unit(models.TextChoices):
        HOURS = "hours", _("business hours")
        DAYS = "days", _("business days")

    name = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    checklist = models.TextField(blank=True, max_length=4000)
    due_amount = models.PositiveSmallIntegerField(null=True, blank=True)
    due_unit = models.CharField(max_length=5, choices=Unit, default=Unit.DAYS)
    department = models.ForeignKey(
        "accounts.Department",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="task_templates",
    )
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = TaskTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def lines(self) -> list[str]:
        """The checklist, one entry for each line that says something."""
        return [line.strip() for line in self.checklist.splitlines() if line.strip()]


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
