"""Policies and their versions; clocks, their append-only ledgers and their firings (sla.md 8)."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from calendars.models import BusinessCalendar
from tickets.models import Priority, Service, Ticket


class Metric(models.TextChoices):
    """What a policy may promise (sla.md 4)."""

    ACKNOWLEDGE = "acknowledge", _("Acknowledgement")
    FIRST_RESPONSE = "first_response", _("First response")
    NEXT_RESPONSE = "next_response", _("Next response")
    UPDATE = "update", _("Update")
    RESOLUTION = "resolution", _("Resolution")


class Unit(models.TextChoices):
    """How a promise is measured; a business day is the calendar's, not 24 hours (C4)."""

    MINUTES = "minutes", _("minutes")
    HOURS = "hours", _("hours")
    BUSINESS_DAYS = "business_days", _("business days")


class When(models.TextChoices):
    """The time at which a clock starts, in the eyes of the policy's calendar."""

    ANY = "any", _("at any time")
    OPEN = "open", _("within hours")
    CLOSED = "closed", _("outside hours")
    WEEKEND = "weekend", _("on weekends")
    HOLIDAY = "holiday", _("on holidays")


class SlaPolicyQuerySet(models.QuerySet["SlaPolicy"]):
    """Policies in use."""

    def active(self) -> SlaPolicyQuerySet:
        return self.filter(archived_at__isnull=True)


class SlaPolicy(models.Model):
    """Promises to the tickets that meet its conditions; ordered, the first match wins (R89)."""

    class Reopen(models.TextChoices):
        CONTINUE = "continue", _("Go on where the clock stopped")
        RESTART = "restart", _("Begin anew with the whole target")

    name = models.CharField(max_length=80)
    preset = models.CharField(max_length=40, blank=True)
    position = models.PositiveSmallIntegerField(default=100)
    is_enabled = models.BooleanField(default=True)
    conditions = models.JSONField(default=dict, blank=True)
    calendar = models.ForeignKey(
        BusinessCalendar, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reopen_mode = models.CharField(max_length=10, choices=Reopen, default=Reopen.CONTINUE)
    min_grace_s = models.PositiveIntegerField(default=0)
    reselects = models.BooleanField(default=False)
    pauses_response = models.BooleanField(default=False)
    resolving_answers = models.BooleanField(default=False)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    excluded_reason = models.CharField(max_length=120, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = SlaPolicyQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        verbose_name_plural = "SLA policies"

    def __str__(self) -> str:
        return self.name


class SlaTarget(models.Model):
    """One promise; without an amount it says that this priority is promised nothing (C3)."""

    policy = models.ForeignKey(SlaPolicy, models.CASCADE, related_name="targets")
    priority = models.ForeignKey(Priority, models.CASCADE, null=True, blank=True, related_name="+")
    metric = models.CharField(max_length=20, choices=Metric)
    when = models.CharField(max_length=10, choices=When, default=When.ANY)
    amount = models.PositiveIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=15, choices=Unit, default=Unit.HOURS)
    calendar = models.ForeignKey(
        BusinessCalendar, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ooh_extra_s = models.PositiveIntegerField(default=0)
    thresholds = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        ordering = ["policy", "priority__rank", "metric", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "priority", "metric", "when"],
                nulls_distinct=False,
                name="sla_target_once",
            ),
            models.CheckConstraint(
                condition=models.Q(amount=None) | models.Q(amount__gte=1),
                name="sla_target_takes_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric} of {self.policy_id}"


class QueueTarget(models.Model):
    """A department's own first-response promise: a fallback where no policy promises one (R72)."""

    department = models.OneToOneField(Department, models.CASCADE, related_name="queue_target")
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=15, choices=Unit, default=Unit.HOURS)
    calendar = models.ForeignKey(
        BusinessCalendar, models.PROTECT, null=True, blank=True, related_name="+"
    )
    thresholds = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.department}: {self.amount} {self.unit}"


class ServiceExclusion(models.Model):
    """Tickets of this service have no deadlines, for a reason that is shown (R102)."""

    service = models.OneToOneField(Service, models.CASCADE, related_name="sla_exclusion")
    reason = models.CharField(max_length=120)

    def __str__(self) -> str:
        return f"{self.service}: {self.reason}"


class PolicySetVersion(models.Model):
    """Everything clocks depended on from one moment on; never changed (see `sla.rules`)."""

    spec = models.JSONField()
    sha256 = models.CharField(max_length=64)
    valid_from = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"rules {self.pk}"


class Coverage(models.Model):
    """One ticket under the rules: what the planner remembers, and how far it has followed."""

    ticket = models.OneToOneField(
        Ticket, models.CASCADE, primary_key=True, related_name="sla_coverage"
    )
    rules = models.ForeignKey(PolicySetVersion, models.PROTECT, related_name="+")
    began_under = models.ForeignKey(PolicySetVersion, models.PROTECT, related_name="+")
    admitted_at = models.DateTimeField()
    admitted_after = models.BigIntegerField()
    last_event_id = models.BigIntegerField()
    case = models.JSONField()
    facts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"coverage of ticket {self.ticket_id}"

    def take(self, rules: int) -> None:
        """From here on under these rules; noted with the history known at that time."""
        self.rules_id = rules
        self.facts[f"rules {rules}"] = self.last_event_id

    def took(self, rules: int) -> int:
        """The last event that was followed before these rules."""
        return int(self.facts.get(f"rules {rules}", 0))


class SlaClock(models.Model):
    """One promise to one ticket. Every column but the key is a cache of its ledger."""

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")
        SATISFIED = "satisfied", _("Fulfilled")
        CANCELLED = "cancelled", _("Cancelled")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="sla_clocks")
    metric = models.CharField(max_length=60)
    cycle = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=10, choices=State)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)
    policy = models.ForeignKey(SlaPolicy, models.SET_NULL, null=True, related_name="clocks")
    source = models.CharField(max_length=20, blank=True)
    target_s = models.PositiveIntegerField()
    elapsed_s = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    risk_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    voided_at = models.DateTimeField(null=True)
    generation = models.PositiveSmallIntegerField(default=0)
    schedule = models.JSONField(default=list)
    fired = ArrayField(models.CharField(max_length=30), default=list)
    next_fire_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "metric", "cycle"], name="sla_clock_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["running", "paused", "satisfied", "cancelled"]),
                name="sla_clock_state",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_fire_at"],
                name="sla_clock_due",
                condition=models.Q(next_fire_at__isnull=False),
            ),
            models.Index(fields=["metric", "ended_at"], name="sla_clock_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.metric} #{self.cycle} of ticket {self.ticket_id}"

    @property
    def is_live(self) -> bool:
        return self.state in (self.State.RUNNING, self.State.PAUSED)


class ClockEntry(models.Model):
    """One line of a clock's ledger; a trigger refuses changes (sla.md 5)."""

    clock = models.ForeignKey(SlaClock, models.CASCADE, related_name="entries")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        ordering = ["clock", "seq"]
        constraints = [models.UniqueConstraint(fields=["clock", "seq"], name="clock_entry_once")]

    def __str__(self) -> str:
        return f"{self.kind} of clock {self.clock_id}"


class Firing(models.Model):
    """One threshold of one clock that was reached; made once per generation (sla.md 6, 7)."""

    class Outcome(models.TextChoices):
        CLAIMED = "claimed", _("Reached")
        ANNOUNCED = "announced", _("Announced")
        SUPERSEDED = "superseded", _("Superseded")

    clock = models.ForeignKey(SlaClock, models.CASCADE, related_name="firings")
    threshold = models.CharField(max_length=20)
    generation = models.PositiveSmallIntegerField()
    scheduled_for = models.DateTimeField()
    fired_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.CLAIMED)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["clock", "threshold", "generation"], name="firing_once")
        ]
        indexes = [
            models.Index(fields=["id"], name="firing_waits", condition=models.Q(outcome="claimed")),
            models.Index(fields=["fired_at"], name="firing_fired"),
        ]

    def __str__(self) -> str:
        return f"{self.threshold} of clock {self.clock_id}"


class AnswerTime(models.Model):
    """How fast a service is really answered: its 80th percentile in business seconds (N17)."""

    service = models.OneToOneField(Service, models.CASCADE, null=True, related_name="+")
    seconds = models.PositiveIntegerField()
    tickets = models.PositiveIntegerField()
    refreshed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.service_id}: {self.seconds} s"
