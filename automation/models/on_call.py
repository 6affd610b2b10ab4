"""On-call: schedules with their versions, overrides, pages and their steps (rules.md 9)."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.models.user import validate_time_zone
from notifications.models import Endpoint
from tickets.models import Ticket

MONDAY, NINE = 0, time(9)


class OnCallScheduleQuerySet(models.QuerySet["OnCallSchedule"]):
    """Schedules in use."""

    def active(self) -> OnCallScheduleQuerySet:
        return self.filter(archived_at=None, is_enabled=True)


class OnCallSchedule(models.Model):
    """Who is paged for what: a weekly rotation in each of its roles."""

    class Weekday(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")

    name = models.CharField(max_length=80, unique=True)
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    time_zone = models.CharField(max_length=64, validators=[validate_time_zone])
    handover_weekday = models.PositiveSmallIntegerField(choices=Weekday, default=Weekday.MONDAY)
    handover_time = models.TimeField(default=NINE)
    starts_on = models.DateField()
    acknowledge_minutes = models.PositiveSmallIntegerField(
        default=15, validators=[MinValueValidator(1), MaxValueValidator(240)]
    )
    endpoints = models.ManyToManyField(Endpoint, blank=True, related_name="+")
    is_enabled = models.BooleanField(default=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = OnCallScheduleQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class OnCallRole(models.Model):
    """One seat of a schedule; all roles of a level are paged together, level after level."""

    schedule = models.ForeignKey(OnCallSchedule, models.CASCADE, related_name="roles")
    name = models.CharField(max_length=80)
    level = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(9)]
    )
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["schedule", "level", "id"]
        constraints = [
            models.UniqueConstraint(fields=["schedule", "name"], name="on_call_role_once")
        ]

    def __str__(self) -> str:
        return self.name


class OnCallSeat(models.Model):
    """A person who takes turns in a role; the position is the order."""

    role = models.ForeignKey(OnCallRole, models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["role", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["role", "position"],
                name="on_call_seat_once",
                deferrable=models.Deferrable.DEFERRED,
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.role}"


class RotaVersion(models.Model):
    """The rules of a schedule from a moment on: what was on call last month stays as it was."""

    schedule = models.ForeignKey(OnCallSchedule, models.CASCADE, related_name="versions")
    spec = models.JSONField()
    valid_from = models.DateTimeField()

    class Meta:
        ordering = ["schedule", "valid_from", "id"]

    def __str__(self) -> str:
        return f"{self.schedule} from {self.valid_from:%F %R}"


class TimeSpan(models.Func):
    """A half-open range of time."""

    function = "TSTZRANGE"


class OneNumber(models.Func):
    """The range of one number: a plain GiST index compares it without an extension."""

    template = "INT8RANGE(%(expressions)s, %(expressions)s, '[]')"


class OnCallShift(models.Model):
    """An override or half of a swap: `user` stands in for whose turn it is."""

    role = models.ForeignKey(OnCallRole, models.CASCADE, related_name="shifts")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["starts_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="on_call_shift_forward"
            ),
            ExclusionConstraint(
                name="on_call_shift_alone",
                expressions=[
                    (OneNumber("role"), RangeOperators.OVERLAPS),
                    (TimeSpan("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.starts_at:%F %R} to {self.ends_at:%F %R}"


class PageQuerySet(models.QuerySet["Page"]):
    """Pages by where they stand."""

    def open(self) -> PageQuerySet:
        return self.filter(ended_at=None)


class Page(models.Model):
    """Somebody is called for a ticket and a cause, until the ticket is resolved."""

    schedule = models.ForeignKey(OnCallSchedule, models.PROTECT, related_name="pages")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, related_name="pages")
    cause = models.CharField(max_length=120)
    key = models.CharField(max_length=120, unique=True)
    level = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    exhausted_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "cause"],
                name="page_open_once",
                condition=models.Q(ended_at=None),
            ),
            models.UniqueConstraint(
                fields=["schedule", "cause"],
                name="page_open_without_ticket",
                condition=models.Q(ended_at=None, ticket=None),
            ),
        ]
        indexes = [models.Index(fields=["schedule", "-opened_at"], name="page_of_schedule")]

    def __str__(self) -> str:
        return f"{self.cause} ({self.schedule})"

    @property
    def is_acknowledged(self) -> bool:
        return self.acknowledged_at is not None

    @property
    def awaits_answer(self) -> bool:
        """Whether somebody is still to say that they are on it."""
        return self.ended_at is None and self.acknowledged_at is None


class PageStep(models.Model):
    """One role was reached, or could not be; UNIQUE lets each be paged once."""

    class State(models.TextChoices):
        PAGED = "paged", _("paged")
        EMPTY = "empty", _("nobody was on call")
        UNREACHABLE = "unreachable", _("could not be reached")

    page = models.ForeignKey(Page, models.CASCADE, related_name="steps")
    level = models.PositiveSmallIntegerField()
    role = models.ForeignKey(OnCallRole, models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=State)
    key = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["page", "role"], name="page_step_once")]
        indexes = [models.Index(fields=["-at"], name="page_step_newest")]

    def __str__(self) -> str:
        return f"{self.role}: {self.user or self.get_state_display()}"

    @property
    def is_paged(self) -> bool:
        return self.state == self.State.PAGED


def spec_of(schedule: OnCallSchedule) -> dict[str, Any]:
    """What counts from now on, as a version keeps it."""
    seats = OnCallSeat.objects.filter(role__schedule=schedule, role__archived_at=None)
    people: dict[str, list[int]] = {}
    for role, user in seats.order_by("role", "position").values_list("role", "user"):
        people.setdefault(str(role), []).append(user)
    return {
        "zone": schedule.time_zone,
        "weekday": schedule.handover_weekday,
        "at": schedule.handover_time.isoformat("minutes"),
        "starts_on": schedule.starts_on.isoformat(),
        "roles": people,
    }
