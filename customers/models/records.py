"""What other systems know of customers: invoices, orders, contracts, opportunities (R162, R163)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.organisation import Organisation

if TYPE_CHECKING:
    from accounts.models import User


class CrmRecordQuerySet(models.QuerySet["CrmRecord"]):
    """Records in the words of their cards."""

    def visible_to(self, user: User) -> CrmRecordQuerySet:
        """Staff see all of them, as they see all customers; nobody else sees any."""
        return self.all() if user.is_staff else self.none()

    def of_customer(self, customer: Customer) -> CrmRecordQuerySet:
        """The customer's own, and those of the organisation."""
        own = models.Q(customer=customer)
        if customer.organisation_id is not None:
            own |= models.Q(organisation=customer.organisation_id)
        return self.filter(own)

    def overdue(self, on: date) -> CrmRecordQuerySet:
        """Invoices that should have been paid by `on`."""
        invoices = self.filter(kind=CrmRecord.Kind.INVOICE)
        late = models.Q(status=CrmRecord.Status.OPEN, due_on__lt=on)
        return invoices.filter(models.Q(status=CrmRecord.Status.OVERDUE) | late)

    def open_opportunities(self) -> CrmRecordQuerySet:
        """Sales that may still come about."""
        return self.filter(kind=CrmRecord.Kind.OPPORTUNITY, status=CrmRecord.Status.OPEN)


class CrmRecord(models.Model):
    """One document of another system as it was at `fetched_at`; its source names it once."""

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        ORDER = "order", _("Order")
        CONTRACT = "contract", _("Contract")
        OPPORTUNITY = "opportunity", _("Opportunity")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        OVERDUE = "overdue", _("Overdue")
        PAID = "paid", _("Paid")
        SHIPPED = "shipped", _("Shipped")
        DELIVERED = "delivered", _("Delivered")
        ACTIVE = "active", _("Active")
        ENDED = "ended", _("Ended")
        WON = "won", _("Won")
        LOST = "lost", _("Lost")
        CANCELLED = "cancelled", _("Cancelled")

    kind = models.CharField(max_length=12, choices=Kind)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True, related_name="records")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="records"
    )
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120)
    number = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    url = models.CharField(max_length=500, blank=True)
    delivery_note = models.CharField(max_length=80, blank=True)
    tracking_number = models.CharField(max_length=80, blank=True)
    tracking_url = models.CharField(max_length=500, blank=True)
    extra = models.JSONField(default=dict, blank=True)
    fetched_at = models.DateTimeField()

    objects = CrmRecordQuerySet.as_manager()

    class Meta:
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "external_id"], name="record_once"),
            models.CheckConstraint(
                condition=models.Q(customer__isnull=False) | models.Q(organisation__isnull=False),
                name="record_is_somebodys",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "kind", "-id"], name="record_of_customer"),
            models.Index(fields=["organisation", "kind", "-id"], name="record_of_organisation"),
        ]

    def __str__(self) -> str:
        return self.number or self.title or self.external_id

    def is_overdue(self, on: date) -> bool:
        """Whether it is an invoice that should have been paid by `on`."""
        is_late = self.status == self.Status.OPEN and self.due_on is not None and self.due_on < on
        is_invoice = self.kind == self.Kind.INVOICE
        return is_invoice and (is_late or self.status == self.Status.OVERDUE)


_Kind, _Status = CrmRecord.Kind, CrmRecord.Status
# The words each kind is told in; whatever a source says is put into one of them.
STATUSES: dict[str, tuple[str, ...]] = {
    _Kind.INVOICE: (_Status.OPEN, _Status.OVERDUE, _Status.PAID, _Status.CANCELLED),
    _Kind.ORDER: (_Status.OPEN, _Status.SHIPPED, _Status.DELIVERED, _Status.CANCELLED),
    _Kind.CONTRACT: (_Status.OPEN, _Status.ACTIVE, _Status.ENDED, _Status.CANCELLED),
    _Kind.OPPORTUNITY: (_Status.OPEN, _Status.WON, _Status.LOST, _Status.CANCELLED),
}
