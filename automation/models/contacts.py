"""Whom to turn to, tier by tier: the directory of escalation contacts (R112, R118)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from calendars.models import BusinessCalendar
from notifications.models import Endpoint


class Contact(models.Model):
    """One tier: who leads it, how to reach it, when, and who comes next."""

    tier = models.CharField(max_length=80, unique=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    lead = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    phone = models.CharField(max_length=60, blank=True)
    slack_channel = models.CharField(max_length=80, blank=True)
    pagerduty = models.ForeignKey(
        Endpoint,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"kind": Endpoint.Kind.PAGERDUTY},
    )
    availability = models.CharField(max_length=120, blank=True)
    calendar = models.ForeignKey(
        BusinessCalendar, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    next_contact = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    instructions = models.TextField(blank=True, max_length=2000)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(next_contact=None) | ~models.Q(next_contact=models.F("id")),
                name="contact_not_own_next",
            )
        ]

    def __str__(self) -> str:
        return self.tier

    @property
    def lead_name(self) -> str:
        return self.user.display_name if self.user else self.lead

    @property
    def reach(self) -> str:
        """How to reach it, in one line."""
        parts = [self.email or (self.user.email if self.user else ""), self.phone]
        return ", ".join(part for part in [*parts, self.slack_channel] if part)

    @property
    def hours(self) -> str:
        """When, in words."""
        return self.availability or str(self.calendar or _("Always"))
