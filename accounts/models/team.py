"""Teams across departments, and the skills tickets are matched to (R75, R112)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class TeamQuerySet(models.QuerySet["Team"]):
    """Teams in use."""

    def active(self) -> TeamQuerySet:
        return self.filter(archived_at__isnull=True)


class Team(models.Model):
    """People who take over together at one step of an escalation."""

    class Tier(models.TextChoices):
        TIER1 = "tier1", _("Tier 1")
        TIER2 = "tier2", _("Tier 2")
        ENGINEERING = "engineering", _("Engineering")
        LEADERSHIP = "leadership", _("Leadership")
        OTHER = "other", _("Other")

    name = models.CharField(max_length=80, unique=True)
    tier = models.CharField(max_length=12, choices=Tier, default=Tier.TIER1)
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="leads_teams"
    )
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="teams")
    department = models.ForeignKey(
        "accounts.Department", models.SET_NULL, null=True, blank=True, related_name="teams"
    )
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class SkillQuerySet(models.QuerySet["Skill"]):
    """Skills in use."""

    def active(self) -> SkillQuerySet:
        return self.filter(archived_at__isnull=True)


class Skill(models.Model):
    """Something a ticket may need and a person may know."""

    name = models.CharField(max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(default=100)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = SkillQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name
