"""Rules as managers write them, and the immutable versions that run (rules.md 1)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from calendars.models import BusinessCalendar


class RuleKind(models.TextChoices):
    """The six uses of the one engine; the kind decides how the rules of a set run."""

    CLASSIFY = "classify", _("Classification")
    ROUTING = "routing", _("Routing")
    TRIGGER = "trigger", _("Automation")
    ESCALATION = "escalation", _("Escalation")
    TIMED = "timed", _("Timed rule")
    MACRO = "macro", _("Macro")


class RuleQuerySet(models.QuerySet["Rule"]):
    """Rules in use, in the order they run."""

    def active(self) -> RuleQuerySet:
        return self.filter(archived_at__isnull=True)

    def of_kind(self, kind: str) -> RuleQuerySet:
        return self.filter(kind=kind).order_by("position", "pk")


class Rule(models.Model):
    """When `trigger` happens and the conditions hold, the effects follow in their order.

    `goes_on` lets a routing rule pass the ticket on to the next one, `stops` ends the evaluation
    of any other set, `overrides_agents` writes even what an agent has set in the same step.
    `department` and `owner` limit who is offered a macro; both empty: everybody.
    """

    kind = models.CharField(max_length=12, choices=RuleKind)
    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField(default=100)
    is_enabled = models.BooleanField(default=True)
    trigger = models.CharField(max_length=40, blank=True)
    trigger_args = models.JSONField(default=dict, blank=True)
    conditions = models.JSONField(default=dict, blank=True)
    effects = models.JSONField(default=list, blank=True)
    goes_on = models.BooleanField(default=False)
    stops = models.BooleanField(default=False)
    overrides_agents = models.BooleanField(default=False)
    level = models.PositiveSmallIntegerField(default=0)
    calendar = models.ForeignKey(
        BusinessCalendar, models.PROTECT, null=True, blank=True, related_name="+"
    )
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    preset = models.CharField(max_length=40, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "position", "id"]
        indexes = [models.Index(fields=["kind", "position", "id"], name="rule_order")]

    def __str__(self) -> str:
        return self.name


class RuleSetVersion(models.Model):
    """All rules of one kind as they stood from one save on; never changed."""

    kind = models.CharField(max_length=12, choices=RuleKind)
    spec = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "-id"], name="rule_version_newest")]

    def __str__(self) -> str:
        return f"{self.kind} version {self.pk}"
