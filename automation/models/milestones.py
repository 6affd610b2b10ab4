"""What an emergency demands by when: sets of milestones, and those of a ticket (R77)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models import Ticket

MAX_MINUTES = 10_080


class MilestoneSet(models.Model):
    """A protocol, such as that of an emergency."""

    name = models.CharField(max_length=80, unique=True)
    description = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class MilestoneSpec(models.Model):
    """One thing to reach within minutes of the start, or again and again until resolved."""

    class Reached(models.TextChoices):
        BY_HAND = "hand", _("Somebody marks it as done")
        BY_ACKNOWLEDGEMENT = "acknowledgement", _("The page is acknowledged or staff answer")
        BY_REPLY = "reply", _("Staff answer the customer")

    milestone_set = models.ForeignKey(MilestoneSet, models.CASCADE, related_name="specs")
    label = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MAX_MINUTES)]
    )
    reached = models.CharField(max_length=16, choices=Reached, default=Reached.BY_HAND)
    repeats = models.BooleanField(default=False)

    class Meta:
        ordering = ["milestone_set", "repeats", "minutes", "id"]

    def __str__(self) -> str:
        return self.label


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    """Milestones by where they stand."""

    def open(self) -> MilestoneQuerySet:
        return self.filter(done_at=None, dropped_at=None)


class Milestone(models.Model):
    """One milestone of one ticket; a repeating one has a row for each of its rounds.

    Its label and minutes are copied, so that a later change of the set leaves it alone. A missed
    one stays open and may be done late; a missed round of a repeating one is over.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="milestones")
    spec = models.ForeignKey(MilestoneSpec, models.SET_NULL, null=True, related_name="+")
    set_name = models.CharField(max_length=80)
    label = models.CharField(max_length=120)
    minutes = models.PositiveSmallIntegerField()
    reached = models.CharField(max_length=16, choices=MilestoneSpec.Reached)
    repeats = models.BooleanField(default=False)
    round = models.PositiveSmallIntegerField(default=1)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    missed_at = models.DateTimeField(null=True)
    dropped_at = models.DateTimeField(null=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "set_name", "label"],
                name="milestone_open_once",
                condition=models.Q(done_at=None, dropped_at=None),
            )
        ]
        indexes = [models.Index(fields=["ticket", "id"], name="milestone_of_ticket")]

    def __str__(self) -> str:
        return self.label

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.dropped_at is None

    def is_late(self, now: datetime) -> bool:
        return self.is_open and self.due_at <= now
