"""What rules did: every evaluation with what it saw, and every effect with how it went."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from automation.models.rules import RuleKind, RuleSetVersion
from tickets.models import Ticket


class RuleRun(models.Model):
    """One evaluation of a rule set over one ticket (rules.md 6).

    `facts` is what the conditions saw, texts cut short; `found` are the words found in whole texts.
    With the version they give every condition's verdict again: see `automation.tracing`.
    """

    class Outcome(models.TextChoices):
        APPLIED = "applied", _("applied")
        NO_MATCH = "no_match", _("no rule matched")
        LOOP_GUARD = "loop_guard", _("stopped: rules were going in circles")
        ERROR = "error", _("failed")

    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="rule_runs")
    version = models.ForeignKey(RuleSetVersion, models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=12, choices=RuleKind)
    trigger = models.CharField(max_length=40)
    root = models.UUIDField(null=True)
    round = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome)
    matched = ArrayField(models.BigIntegerField(), default=list)
    facts = models.JSONField(default=dict)
    found = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    actor_name = models.CharField(max_length=160, blank=True)
    ms = models.FloatField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "-id"], name="run_of_ticket"),
            models.Index(fields=["kind", "-id"], name="run_of_kind"),
            models.Index(fields=["outcome", "-id"], name="run_outcome"),
            models.Index(fields=["at"], name="run_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of ticket {self.ticket_id}: {self.outcome}"


class EffectRun(models.Model):
    """One effect of one matched rule; UNIQUE(key) makes it happen once (rules.md 3)."""

    class State(models.TextChoices):
        DONE = "done", _("done")
        NOTHING = "nothing", _("nothing to do")
        OVERRULED = "overruled", _("overruled")
        NO_RECIPIENT = "no_recipient", _("nobody to tell")
        FAILED = "failed", _("failed, will be tried again")
        GIVEN_UP = "given_up", _("given up")

    run = models.ForeignKey(RuleRun, models.CASCADE, related_name="effects")
    key = models.CharField(max_length=60, unique=True)
    rule_id = models.BigIntegerField()
    number = models.PositiveSmallIntegerField()
    effect = models.JSONField()
    state = models.CharField(max_length=12, choices=State)
    note = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=1)
    due_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                name="effect_due",
                condition=models.Q(state="failed"),
            ),
            models.Index(fields=["rule_id", "-at"], name="effect_of_rule"),
        ]

    def __str__(self) -> str:
        return f"{self.effect.get('effect')} of rule {self.rule_id}: {self.state}"


class RunCount(models.Model):
    """How many runs of a day are not kept in full any more."""

    day = models.DateField()
    kind = models.CharField(max_length=12, choices=RuleKind)
    trigger = models.CharField(max_length=40)
    outcome = models.CharField(max_length=12, choices=RuleRun.Outcome)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "kind", "trigger", "outcome"], name="run_count_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.kind} {self.outcome} on {self.day}"
