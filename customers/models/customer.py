"""Customers: those we help; most of them never sign in."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import validate_time_zone
from customers.models.organisation import Organisation, Tier

if TYPE_CHECKING:
    from decimal import Decimal

    from accounts.models import User


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers that exist, and those one person may see."""

    def active(self) -> CustomerQuerySet:
        return self.filter(merged_into__isnull=True)

    def with_email(self, email: str) -> CustomerQuerySet:
        """By canonical mail address."""
        return self.filter(addresses__kind="email", addresses__value=email)

    def visible_to(self, user: User) -> CustomerQuerySet:
        """Staff see all customers; a portal user sees only the own one."""
        return self.active() if user.is_staff else self.active().filter(user=user)


class Customer(models.Model):
    """Somebody who writes to us, by whatever channel."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=160, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="customers"
    )
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="customer"
    )
    tier = models.ForeignKey(Tier, models.SET_NULL, null=True, blank=True, related_name="+")
    is_vip = models.BooleanField(default=False)
    language = models.CharField(max_length=16, blank=True)
    time_zone = models.CharField(max_length=64, blank=True, validators=[validate_time_zone])
    role = models.CharField(max_length=60, blank=True)
    monthly_spend = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    dedicated_agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    attributes = models.JSONField(default=dict, blank=True)
    notes = models.TextField(blank=True, max_length=10_000)
    email = models.EmailField(max_length=254, blank=True)
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="merged_customers"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = CustomerQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        indexes = [
            models.Index(fields=["organisation", "id"], name="customer_organisation"),
        ]

    def __str__(self) -> str:
        return self.display_name

    @property
    def display_name(self) -> str:
        return self.name or self.email or str(_("Unknown customer"))

    @property
    def effective_tier(self) -> Tier | None:
        """The own tier, else the organisation's."""
        if self.tier_id is not None:
            return self.tier
        return self.organisation.tier if self.organisation else None

    @property
    def effective_agent(self) -> User | None:
        """The own agent, else the organisation's (R87)."""
        if self.dedicated_agent_id is not None:
            return self.dedicated_agent
        return self.organisation.dedicated_agent if self.organisation else None

    @property
    def effective_spend(self) -> Decimal | None:
        """What they pay a month in US dollars, else what the organisation pays (R80)."""
        if self.monthly_spend is not None:
            return self.monthly_spend
        return self.organisation.monthly_spend if self.organisation else None


class CustomerAddress(models.Model):
    """A way to reach a customer; `Customer.email` repeats the primary mail address."""

    class Kind(models.TextChoices):
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        WHATSAPP = "whatsapp", _("WhatsApp")

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=254)
    is_primary = models.BooleanField(default=False)
    proved_at = models.DateTimeField(null=True)
    undeliverable_at = models.DateTimeField(null=True)
    soft_bounces = models.PositiveSmallIntegerField(default=0)
    soft_bounced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "-is_primary", "id"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "value"], name="customer_address_once"),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=models.Q(is_primary=True),
                name="customer_one_primary_address",
            ),
        ]

    def __str__(self) -> str:
        return self.value
