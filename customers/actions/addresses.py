"""The addresses of a customer; `Customer.email` repeats the primary mail address."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from customers.models import Customer, CustomerAddress

SOFT_LIMIT = 5
SOFT_PERIOD = timedelta(days=7)


@transaction.atomic
def add_address(
    customer: Customer, *, kind: str, value: str, actor: User | None
) -> CustomerAddress:
    """Add an address; the first of its kind becomes the primary one. No actor: the system.

    Raises ValidationError when it belongs to another customer.
    """
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    known = CustomerAddress.objects.filter(kind=kind, value=value).first()
    if known is not None and known.customer_id != customer.pk:
        raise ValidationError(_("This address belongs to another customer; merge the two."))
    if known is not None:
        return known
    is_first = not customer.addresses.filter(kind=kind, is_primary=True).exists()
    address = CustomerAddress.objects.create(
        customer=customer, kind=kind, value=value, is_primary=is_first
    )
    _repeat_primary(customer)
    audit.record("changed", customer, actor=actor, after={kind: value})
    return address


@transaction.atomic
def remove_address(address: CustomerAddress, *, actor: User | None) -> None:
    """Remove an address; the next of its kind becomes the primary one."""
    customer = Customer.objects.select_for_update().get(pk=address.customer_id)
    kind = address.kind
    address.delete()
    rows = customer.addresses.filter(kind=kind)
    heir = rows.first()
    if heir is not None and not rows.filter(is_primary=True).exists():
        heir.is_primary = True
        heir.save(update_fields=["is_primary"])
    _repeat_primary(customer)
    audit.record("changed", customer, actor=actor, before={kind: address.value})


@transaction.atomic
def flag_undeliverable(email: str, *, is_permanent: bool, now: datetime) -> bool:
    """Note a bounce; for good after a permanent one or five soft ones in seven days (mail.md 44).

    Returns whether the address is now considered undeliverable.
    """
    address = CustomerAddress.objects.select_for_update().filter(kind="email", value=email).first()
    if address is None:
        return False
    is_recent = address.soft_bounced_at and now - address.soft_bounced_at < SOFT_PERIOD
    address.soft_bounces = address.soft_bounces + 1 if is_recent else 1
    address.soft_bounced_at = now
    if is_permanent or address.soft_bounces >= SOFT_LIMIT:
        address.undeliverable_at = now
    address.save(update_fields=["soft_bounces", "soft_bounced_at", "undeliverable_at"])
    return address.undeliverable_at is not None


def _repeat_primary(customer: Customer) -> None:
    row = customer.addresses.filter(kind="email", is_primary=True).first()
    customer.email = row.value if row else ""
    customer.save(update_fields=["email"])
