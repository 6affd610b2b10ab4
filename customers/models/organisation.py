"""Companies customers belong to, and the tiers they pay for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone


class Tier(models.Model):
    """A level of service, such as Basic, Pro or Enterprise (R137); rank 1 is the highest."""

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80, unique=True)
    rank = models.PositiveSmallIntegerField(unique=True)

    class Meta:
        ordering = ["rank"]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A company; `shares_tickets` lets its people read each other's tickets (R53, X-14)."""

    name = models.CharField(max_length=160, unique=True)
    tier = models.ForeignKey(Tier, models.SET_NULL, null=True, blank=True, related_name="+")
    monthly_spend = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    dedicated_agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    shares_tickets = models.BooleanField(default=False)
    notes = models.TextField(blank=True, max_length=10_000)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OrganisationDomain(models.Model):
    """A mail domain whose senders belong to the organisation (R38)."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, unique=True)

    def __str__(self) -> str:
        return self.domain
