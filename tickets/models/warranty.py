"""Assets on tickets, claims under a warranty or a contract, and notices of covers that end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.assets import CoverKind
from customers.models import Asset, ServiceContract
from customers.serials import MAX_SERIAL
from tickets.models.appointment import Appointment
from tickets.models.ticket import Ticket

if TYPE_CHECKING:
    from accounts.models import User


class TicketAsset(models.Model):
    """A piece a ticket is about."""

    ticket = models.ForeignKey(Ticket, models.CASCADE, db_index=False, related_name="asset_links")
    asset = models.ForeignKey(Asset, models.CASCADE, related_name="ticket_links")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["ticket", "asset"], name="ticket_asset_once")
        ]

    def __str__(self) -> str:
        return f"{self.asset} on ticket {self.ticket_id}"


class ClaimQuerySet(models.QuerySet["WarrantyClaim"]):
    """Claims in the words of their list."""

    def visible_to(self, user: User) -> ClaimQuerySet:
        """Claims of the tickets this person may see."""
        return self.filter(ticket__in=Ticket.objects.visible_to(user))


class WarrantyClaim(models.Model):
    """A complaint about one piece, with the cover it had when it was claimed (R168)."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        IN_PROGRESS = "in_progress", _("Work in Progress")
        COMPLETED = "completed", _("Completed")
        CANCELLED = "cancelled", _("Cancelled")

    ticket = models.ForeignKey(Ticket, models.CASCADE, related_name="claims")
    asset = models.ForeignKey(Asset, models.SET_NULL, null=True, related_name="claims")
    serial = models.CharField(max_length=MAX_SERIAL)
    state = models.CharField(max_length=11, choices=State, default=State.OPEN)
    issue_date = models.DateField()
    complaint = models.TextField(max_length=4_000)
    # What was covered on the day of the issue: a contract that changes later rewrites nothing.
    cover_kind = models.CharField(max_length=8, choices=CoverKind)
    cover_until = models.DateField(null=True)
    cover_terms = models.TextField(blank=True)
    service_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="claims"
    )
    service_address = models.CharField(max_length=300, blank=True)
    visit = models.ForeignKey(Appointment, models.SET_NULL, null=True, related_name="claims")
    visited_on = models.DateField(null=True)
    resolution = models.TextField(blank=True, max_length=4_000)
    resolution_date = models.DateField(null=True)
    customer_feedback = models.TextField(blank=True, max_length=4_000)
    created_at = models.DateTimeField()
    created_by_name = models.CharField(max_length=160, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "id"], name="claim_state")]

    def __str__(self) -> str:
        return _("Claim %(number)s") % {"number": self.pk}


class ExpiryNotice(models.Model):
    """An end of a cover somebody was told of; the row is what keeps it from being told twice."""

    asset = models.ForeignKey(
        Asset, models.CASCADE, null=True, db_index=False, related_name="expiry_notices"
    )
    contract = models.ForeignKey(
        ServiceContract, models.CASCADE, null=True, db_index=False, related_name="expiry_notices"
    )
    ends_on = models.DateField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asset", "contract", "ends_on"],
                name="expiry_notice_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=models.Q(asset=None, contract__isnull=False)
                | models.Q(asset__isnull=False, contract=None),
                name="expiry_notice_of_one",
            ),
        ]
        indexes = [models.Index(fields=["contract"], name="expiry_notice_contract")]

    def __str__(self) -> str:
        return f"{self.asset or self.contract} ends on {self.ends_on}"
