"""Appointments: a time agreed with the customer of a ticket (R167)."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from tickets.models.ticket import Ticket

if TYPE_CHECKING:
    from accounts.models import User


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Appointments in the words of their list."""

    def planned(self) -> AppointmentQuerySet:
        return self.filter(state=Appointment.State.PLANNED)

    def coming(self, now: datetime) -> AppointmentQuerySet:
        """Planned ones that are not over yet."""
        return self.planned().filter(ends_at__gt=now)

    def within(self, start: datetime, end: datetime) -> AppointmentQuerySet:
        """Those that touch the time from `start` to `end`."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def visible_to(self, user: User) -> AppointmentQuerySet:
        """Appointments of the tickets this person may see."""
        return self.filter(ticket__in=Ticket.objects.visible_to(user))


class Appointment(models.Model):
    """A time at which somebody of the staff is there for the customer."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        FINISHED = "finished", _("Finished")
        CANCELLED = "cancelled", _("Cancelled")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="appointments")
    customer = models.ForeignKey(Customer, models.CASCADE, related_name="appointments")
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="appointments"
    )
    title = models.CharField(max_length=200)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=300, blank=True)
    # The customer's zone when it was booked: what they were told stays what they were told.
    customer_zone = models.CharField(max_length=64)
    state = models.CharField(max_length=9, choices=State, default=State.PLANNED)
    # What came of it, for colleagues only.
    outcome = models.TextField(blank=True)
    # UID and SEQUENCE of its calendar file: a higher number replaces what a calendar holds
    # (RFC 5546 2.1.4).
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    sequence = models.PositiveIntegerField(default=0)
    is_told = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by_name = models.CharField(max_length=160, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="appointment_takes_time"
            )
        ]
        indexes = [
            models.Index(fields=["ticket", "starts_at"], name="appointment_of_ticket"),
            models.Index(fields=["starts_at", "id"], name="appointment_in_order"),
            models.Index(
                fields=["responsible", "starts_at"],
                name="appointment_planned",
                condition=models.Q(state="planned"),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_planned(self) -> bool:
        return self.state == self.State.PLANNED

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    @property
    def zone(self) -> ZoneInfo:
        """The customer's zone."""
        return ZoneInfo(self.customer_zone)
