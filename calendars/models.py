"""Business calendars as rows, and their versions, which never change (sla.md 2)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Subquery


class CalendarQuerySet(models.QuerySet["BusinessCalendar"]):
    """Calendars in use, and calendars with what is in force."""

    def active(self) -> CalendarQuerySet:
        return self.filter(archived_at__isnull=True)

    def in_force(self) -> CalendarQuerySet:
        """Each with the spec of its newest version, in the same statement."""
        newest = CalendarVersion.objects.filter(calendar=OuterRef("pk")).order_by("-pk")
        return self.annotate(spec_in_force=Subquery(newest.values("spec")[:1]))


class BusinessCalendar(models.Model):
    """When people work; what that means at a time is said by its newest version."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=80, unique=True)
    description = models.CharField(max_length=200, blank=True)
    is_default = models.BooleanField(default=False)
    is_builtin = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CalendarQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=models.Q(is_default=True),
                name="calendar_one_default",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def may_be_archived(self) -> bool:
        """As far as the row itself knows; what uses it is asked elsewhere."""
        return not (self.is_default or self.is_builtin or self.archived_at)

    @property
    def spec(self) -> dict[str, Any]:
        """What is in force (sla.md 2.1); empty before the first version."""
        known = self.__dict__.get("spec_in_force")
        if known is None:
            known = self.versions.order_by("-pk").values_list("spec", flat=True).first()
        return dict(known or {})


class CalendarVersion(models.Model):
    """A calendar as it was from a moment on; the database refuses to change it."""

    calendar = models.ForeignKey(BusinessCalendar, models.PROTECT, related_name="versions")
    spec = models.JSONField()
    sha256 = models.CharField(max_length=64)
    valid_from = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["calendar", "-id"], name="calendar_newest_version")]

    def __str__(self) -> str:
        return f"{self.calendar} {self.pk}"
