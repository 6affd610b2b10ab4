"""What leaves the process is a row first (trust.md 5)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _

UNSENT = ("pending", "sending")
D_co = TypeVar("D_co", bound=models.Model, covariant=True)


class DeliveryQuerySet(models.QuerySet[D_co]):
    """Deliveries by where they stand."""

    def unsent(self) -> DeliveryQuerySet[D_co]:
        return self.filter(state__in=UNSENT)

    def due(self, now: datetime) -> DeliveryQuerySet[D_co]:
        return self.filter(Delivery.due_condition(now))


class Delivery(models.Model):
    """An outgoing row with due time, lease, attempts and one idempotency key."""

    class State(models.TextChoices):
        PENDING = "pending", _("waiting to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNCERTAIN = "uncertain", _("maybe sent")
        FAILED = "failed", _("failed")
        DEAD = "dead", _("set aside")
        NEEDS_REVIEW = "needs_review", _("needs review")
        KEPT = "kept", _("kept, no mail server is configured")
        CANCELLED = "cancelled", _("withdrawn")

    idempotency_key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=12, choices=State, default=State.PENDING)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField()

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        abstract = True

    @staticmethod
    def due_condition(now: datetime) -> models.Q:
        """Rows to send now: pending and due, or sending with a lease that ran out."""
        waiting = models.Q(state="pending", due_at__lte=now)
        abandoned = models.Q(state="sending", lease_until__lte=now)
        return waiting | abandoned

    def is_leased(self, now: datetime) -> bool:
        return self.lease_until is not None and self.lease_until > now

    def is_expired(self, now: datetime, *, after: timedelta) -> bool:
        """Whether trying any longer is pointless: the row is older than `after`."""
        return now - self.created_at > after
