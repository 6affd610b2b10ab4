"""Open and ended escalations of tickets, and what timed rules have fired for."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from automation.models.rules import Rule
from tickets.models import Message, Ticket

MANUAL = "manual"


class EscalationQuerySet(models.QuerySet["Escalation"]):
    """Escalations by where they stand."""

    def open(self) -> EscalationQuerySet:
        return self.filter(ended_at=None)

    def acknowledged(self) -> EscalationQuerySet:
        return self.filter(acknowledged_at__isnull=False)


class Escalation(models.Model):
    """One reason why a ticket needs somebody higher up: open once per (ticket, level, cause).

    `cause` is "manual", or "rule:<id>" and names the rule for good; `reason` is in words. `key`
    leads to the effect that made it.
    """

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="escalations")
    level = models.PositiveSmallIntegerField()
    cause = models.CharField(max_length=60)
    rule_id = models.BigIntegerField(null=True)
    key = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=300, blank=True)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "level", "cause"],
                name="escalation_open_once",
                condition=models.Q(ended_at=None),
            )
        ]
        indexes = [models.Index(fields=["ticket", "-id"], name="escalation_of_ticket")]

    def __str__(self) -> str:
        return f"level {self.level} of ticket {self.ticket_id}: {self.cause}"

    @property
    def is_acknowledged(self) -> bool:
        return self.acknowledged_at is not None


class TimedFiring(models.Model):
    """How often a timed rule has fired on a ticket since `anchor`, the fact its time counts from.

    The rule is not asked again for this anchor before `not_before`; never again when that is
    empty. `version` is the set of rules that put it off: an edited rule is asked at once.
    `warning` is the mail that announces a closing, which waits until it has really left.
    """

    rule = models.ForeignKey(Rule, models.CASCADE, related_name="firings")
    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="firings")
    anchor = models.DateTimeField()
    count = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    version = models.BigIntegerField()
    warning = models.ForeignKey(Message, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "ticket"], name="timed_firing_once")]

    def __str__(self) -> str:
        return f"rule {self.rule_id} on ticket {self.ticket_id}: {self.count}"
