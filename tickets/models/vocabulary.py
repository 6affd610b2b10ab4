"""Statuses, priorities, services and tags: rows that managers edit; code never compares names."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import Department

hex_colour = RegexValidator(
    r"^#[0-9a-f]{6}\Z", _("Write a colour as # and six digits, such as #1b5fc9.")
)


class Kind(models.TextChoices):
    """What a status means to the code (ARCHITECTURE 4)."""

    NEW = "new", _("New")
    OPEN = "open", _("Open")
    WAITING_CUSTOMER = "waiting_customer", _("Waiting for the customer")
    WAITING_THIRD_PARTY = "waiting_third_party", _("Waiting for somebody else")
    ESCALATED = "escalated", _("Escalated")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")


RESOLVED_KINDS = (Kind.RESOLVED, Kind.CLOSED)


class PausedMetric(models.TextChoices):
    """Clocks a status may pause."""

    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_RESPONSE = "next_response", _("Next response")
    UPDATE = "update", _("Update")
    RESOLUTION = "resolution", _("Resolution")


class VocabularyQuerySet(models.QuerySet["models.Model"]):
    """Rows in use."""

    def active(self) -> VocabularyQuerySet:
        return self.filter(archived_at__isnull=True)


class Status(models.Model):
    """Where a ticket stands, in the company's own words (R13, R14)."""

    Kind = Kind

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, choices=Kind)
    color = models.CharField(max_length=7, validators=[hex_colour])
    meaning = models.CharField(max_length=200, blank=True)
    customer_label = models.CharField(max_length=80, blank=True)
    pauses_sla = ArrayField(
        models.CharField(max_length=20, choices=PausedMetric), default=list, blank=True
    )
    is_default = models.BooleanField(default=False)
    is_after_reply = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = VocabularyQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"],
                condition=models.Q(is_default=True),
                name="status_one_default_per_kind",
            ),
            models.UniqueConstraint(
                fields=["is_after_reply"],
                condition=models.Q(is_after_reply=True),
                name="status_one_after_reply",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def customer_words(self) -> str:
        """What customers read."""
        return self.customer_label or self.name

    @property
    def is_resolved(self) -> bool:
        return self.kind in RESOLVED_KINDS

    @property
    def is_final(self) -> bool:
        return self.kind == Kind.CLOSED


class Priority(models.Model):
    """How urgent; rank 1 is the most urgent (R15)."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=40, unique=True)
    rank = models.PositiveSmallIntegerField(unique=True)
    color = models.CharField(max_length=7, validators=[hex_colour])
    definition = models.CharField(max_length=200, blank=True)
    is_default = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = VocabularyQuerySet.as_manager()

    class Meta:
        ordering = ["rank"]
        verbose_name_plural = "priorities"
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="priority_one_default",
            )
        ]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """What the request is about; a tree of issue categories (R16)."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    default_priority = models.ForeignKey(
        Priority, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    is_portal_visible = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = VocabularyQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "name"], nulls_distinct=False, name="service_name_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Tag(models.Model):
    """A free word on tickets."""

    name = models.CharField(max_length=40)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="tag_name_once")]

    def __str__(self) -> str:
        return self.name
