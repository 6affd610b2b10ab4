"""What customers own of ours: products, each piece by its serial number, and contracts for it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from customers.models.organisation import Organisation
from customers.serials import MAX_SERIAL

if TYPE_CHECKING:
    from accounts.models import User

MAX_MONTHS = 600


class Product(models.Model):
    """Something we sell and stand in for; `terms` say what its warranty covers."""

    name = models.CharField(max_length=160, unique=True)
    sku = models.CharField(max_length=60, blank=True)
    warranty_months = models.PositiveSmallIntegerField(default=24)
    terms = models.TextField(blank=True, max_length=4_000)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(warranty_months__lte=MAX_MONTHS), name="product_warranty_ends"
            )
        ]

    def __str__(self) -> str:
        return self.name


class AssetQuerySet(models.QuerySet["Asset"]):
    """Assets in the words of their list."""

    def active(self) -> AssetQuerySet:
        return self.filter(archived_at=None)

    def visible_to(self, user: User) -> AssetQuerySet:
        """As customers are: all of them for staff, none for others."""
        return self if user.is_staff else self.none()

    def owned_by(self, customer: Customer) -> AssetQuerySet:
        """Their own, and their organisation's."""
        owned = models.Q(customer=customer.pk)
        if customer.organisation_id is not None:
            owned |= models.Q(organisation=customer.organisation_id)
        return self.filter(owned)

    def ending(self, today: date, *, days: int) -> AssetQuerySet:
        """Whose warranty or a contract ends within so many days from `today` on."""
        last = today + timedelta(days=days)
        contracts = ServiceContract.objects.ending(today, days=days)
        ending = models.Q(warranty_until__range=(today, last)) | models.Q(
            pk__in=contracts.values("assets")
        )
        return self.active().filter(ending)

    def fully_read(self) -> AssetQuerySet:
        """With what their lines say: product, owner, contracts."""
        return self.select_related("product", "customer", "organisation").prefetch_related(
            "contracts"
        )


class Asset(models.Model):
    """One piece with its serial number; of a customer, an organisation, or both."""

    product = models.ForeignKey(Product, models.PROTECT, related_name="assets")
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, db_index=False, related_name="assets"
    )
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, db_index=False, related_name="assets"
    )
    serial = models.CharField(max_length=MAX_SERIAL)
    # The number as it is looked up: in capitals, without spaces and dashes.
    serial_key = models.CharField(max_length=MAX_SERIAL)
    purchased_on = models.DateField(null=True, blank=True)
    warranty_until = models.DateField(null=True, blank=True)
    place = models.CharField(max_length=300, blank=True)
    notes = models.TextField(blank=True, max_length=4_000)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AssetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "serial_key"], name="asset_serial_once")
        ]
        indexes = [
            models.Index(
                OpClass(models.F("serial_key"), "varchar_pattern_ops"), name="asset_serial"
            ),
            models.Index(fields=["customer", "id"], name="asset_of_customer"),
            models.Index(fields=["organisation", "id"], name="asset_of_organisation"),
            models.Index(
                fields=["warranty_until"],
                name="asset_warranty_end",
                condition=models.Q(archived_at=None, warranty_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product} {self.serial}"

    @property
    def owner_name(self) -> str:
        owner = self.customer or self.organisation
        return str(owner) if owner else ""


class ServiceContractQuerySet(models.QuerySet["ServiceContract"]):
    """Contracts in use."""

    def active(self) -> ServiceContractQuerySet:
        return self.filter(archived_at=None)

    def ending(self, today: date, *, days: int) -> ServiceContractQuerySet:
        """Those in use whose last day is within so many days from `today` on."""
        return self.active().filter(ends_on__range=(today, today + timedelta(days=days)))


class ServiceContract(models.Model):
    """Maintenance by the year: AMC covers the work, CMC the parts as well."""

    class Kind(models.TextChoices):
        AMC = "amc", _("AMC (annual maintenance)")
        CMC = "cmc", _("CMC (comprehensive maintenance)")

    kind = models.CharField(max_length=3, choices=Kind)
    number = models.CharField(max_length=60, unique=True)
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="service_contracts"
    )
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="service_contracts"
    )
    assets = models.ManyToManyField(Asset, blank=True, related_name="contracts")
    starts_on = models.DateField()
    ends_on = models.DateField()
    terms = models.TextField(blank=True, max_length=4_000)
    visits_included = models.PositiveSmallIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = ServiceContractQuerySet.as_manager()

    class Meta:
        ordering = ["ends_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="service_contract_ends_after_start",
            )
        ]
        indexes = [
            models.Index(
                fields=["ends_on", "id"],
                name="service_contract_end",
                condition=models.Q(archived_at=None),
            )
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def owner_name(self) -> str:
        owner = self.customer or self.organisation
        return str(owner) if owner else ""
