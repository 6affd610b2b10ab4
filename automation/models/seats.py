"""Who may be given tickets in a department and how: seats, plans, what waits, what was decided."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Membership, Skill
from automation.models.runs import RuleRun
from core import options
from tickets.models import Ticket


class AssignmentMethod(models.TextChoices):
    """The words for `automation.choosing.Method`."""

    ROUND_ROBIN = "round_robin", _("In turn")
    LEAST_LOADED = "least_loaded", _("Whoever has the fewest tickets")
    SKILL = "skill", _("By skill")
    DEDICATED = "dedicated", _("The customer's own agent")
    SENIOR = "senior", _("Senior agents")
    SPECIALIST = "specialist", _("Specialists by name")
    ON_CALL = "on_call", _("Whoever is on call")
    MANUAL = "manual", _("By hand")


class RoutingPlan(models.Model):
    """How a department gives out its tickets. Whoever assigns holds this row: one at a time.

    `is_enabled` gives out every new ticket; what a rule asks for is given out in any case.
    `turns` counts assignments: seats remember the turn they were last given a ticket at.
    """

    department = models.OneToOneField(Department, models.CASCADE, related_name="routing_plan")
    is_enabled = models.BooleanField(_("Give out every new ticket"), default=False)
    method = models.CharField(
        _("Method"),
        max_length=12,
        choices=AssignmentMethod,
        default=AssignmentMethod.ROUND_ROBIN,
    )
    fallback = models.CharField(
        _("When the own agent or nobody on call can"),
        max_length=12,
        choices=[
            (method.value, method.label)
            for method in (AssignmentMethod.ROUND_ROBIN, AssignmentMethod.LEAST_LOADED)
        ],
        default=AssignmentMethod.LEAST_LOADED,
    )
    is_sticky = models.BooleanField(_("The previous agent of a customer first"), default=False)
    skills = models.ManyToManyField(
        Skill, blank=True, related_name="+", verbose_name=_("Skills every ticket needs")
    )
    people = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="+", verbose_name=_("Specialists")
    )
    queue_timeout = models.PositiveSmallIntegerField(
        _("Minutes a ticket may wait for an agent"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(10_080)],
    )
    turns = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.department)

    @property
    def patience(self) -> timedelta:
        return timedelta(minutes=self.queue_timeout)


class AgentSeat(models.Model):
    """A membership as assignment sees it (R73, R74); empty limits mean the company's.

    `credit` of `credit_of` parts is what round robin owes the seat; `last_seq` its last turn.
    `is_resting` remembers that it was passed over as away, to greet it at the current position.
    """

    class Role(models.TextChoices):
        PRIMARY = "primary", _("Primary")
        BACKUP = "backup", _("Backup")

    membership = models.OneToOneField(Membership, models.CASCADE, related_name="seat")
    role = models.CharField(max_length=8, choices=Role, default=Role.PRIMARY)
    weight = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    hard_cap = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    push_below = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    last_seq = models.BigIntegerField(default=0)
    credit = models.IntegerField(default=0)
    credit_of = models.PositiveIntegerField(default=1)
    is_resting = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(weight__gte=1, weight__lte=10), name="seat_weight"
            ),
            models.CheckConstraint(condition=models.Q(credit_of__gte=1), name="seat_credit_of"),
        ]

    def __str__(self) -> str:
        return str(self.membership)

    @property
    def cap(self) -> int:
        """Nobody is given more open tickets than this."""
        return self.hard_cap or int(options.value("automation.hard_cap"))

    @property
    def limit(self) -> int:
        """Tickets come by themselves while there are fewer open ones."""
        return self.push_below or int(options.value("automation.push_below"))


class WaitingTicket(models.Model):
    """A ticket that is to be given to somebody; gone once it was, or once it need not be.

    An empty `method` is the plan's. `wanted` holds ids of skills and people; `asked_by` the rule.
    """

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="waiting_for_agent")
    department = models.ForeignKey(Department, models.CASCADE, related_name="waiting_tickets")
    method = models.CharField(max_length=12, choices=AssignmentMethod, blank=True)
    wanted = models.JSONField(default=dict)
    asked_by = models.JSONField(default=dict)
    since = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    tried_at = models.DateTimeField(null=True)
    timed_out_at = models.DateTimeField(null=True)
    run = models.ForeignKey(RuleRun, models.SET_NULL, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["department", "tried_at"], name="waiting_of_department")]

    def __str__(self) -> str:
        return f"ticket {self.ticket_id}: {self.reason}"


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Decisions in the words of the log."""

    def given(self) -> AssignmentQuerySet:
        return self.filter(outcome=Assignment.Outcome.ASSIGNED)

    def between(self, start: datetime, end: datetime) -> AssignmentQuerySet:
        return self.filter(at__gte=start, at__lt=end)


class Assignment(models.Model):
    """One decision of assignment with everybody it weighed: "Why this agent?" (rules.md 6)."""

    class Outcome(models.TextChoices):
        ASSIGNED = "assigned", _("assigned")
        WAITING = "waiting", _("nobody could take it")
        TIMED_OUT = "timed_out", _("waited too long")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="assignments")
    department = models.ForeignKey(Department, models.CASCADE, related_name="+")
    method = models.CharField(max_length=12, choices=AssignmentMethod)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome)
    chosen = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    chosen_name = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    candidates: models.JSONField[Any, Any] = models.JSONField(default=list)
    run = models.ForeignKey(RuleRun, models.SET_NULL, null=True, related_name="+")

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["ticket", "-id"], name="assignment_of_ticket"),
            models.Index(fields=["department", "at"], name="assignment_of_department"),
            models.Index(fields=["chosen", "-at"], name="assignment_of_agent"),
            models.Index(fields=["at"], name="assignment_at"),
        ]

    def __str__(self) -> str:
        return f"ticket {self.ticket_id}: {self.outcome} {self.chosen_name}".strip()
