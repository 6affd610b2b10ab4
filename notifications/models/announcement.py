"""Announcements: what everybody should know for a while (R169)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """Announcements by when and for whom."""

    def standing_or_to_come(self, now: datetime) -> AnnouncementQuerySet:
        """Those that are not over, the gravest first."""
        lasting = models.Q(ends_at=None) | models.Q(ends_at__gt=now)
        return self.filter(lasting).order_by("-severity", "-starts_at", "-pk")


class Announcement(models.Model):
    """A text that stands on the start pages of its audience from one time to another."""

    class Audience(models.TextChoices):
        STAFF = "staff", _("Staff")
        CUSTOMERS = "customers", _("Customers")
        BOTH = "both", _("Staff and customers")

    class Severity(models.IntegerChoices):
        NEWS = 1, _("News")
        WARNING = 2, _("Warning")
        OUTAGE = 3, _("Outage")

    text = models.CharField(max_length=500)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.STAFF)
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.NEWS)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")),
                name="announcement_ends_later",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def stands(self, now: datetime) -> bool:
        """Begun and not over."""
        return self.starts_at <= now and (self.ends_at is None or self.ends_at > now)
