"""Creating and changing customers by hand; linking a portal account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from core import audit
from core.events import emit
from customers.actions.addresses import add_address
from customers.actions.arrivals import by_email, find_or_create_customer, organisation_of
from customers.events import CustomerLinked
from customers.models import Customer, CustomerAddress

FIELDS = frozenset({
    "name", "organisation", "tier", "is_vip", "language", "time_zone", "notes",
    "role", "monthly_spend", "dedicated_agent", "attributes",
})  # fmt: skip


@transaction.atomic
def create_customer(*, name: str, email: str, phone: str, actor: User, now: datetime) -> Customer:
    """A customer entered by staff; an address that is known answers with its customer."""
    email = email.strip().lower()
    if email:
        customer = find_or_create_customer(email, name=name, now=now)
    else:
        customer = Customer.objects.create(name=name[:160], created_at=now)
    if phone:
        CustomerAddress.objects.get_or_create(
            kind=CustomerAddress.Kind.PHONE,
            value=phone,
            defaults={"customer": customer, "is_primary": not _has_phone(customer)},
        )
    audit.record("created", customer, actor=actor)
    return customer


@transaction.atomic
def change_customer(customer: Customer, *, changes: dict[str, Any], actor: User) -> Customer:
    """Change what staff knows about a customer; other keys raise ValueError."""
    unknown = changes.keys() - FIELDS
    if unknown:
        raise ValueError(f"not a field of a customer: {sorted(unknown)}")
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    changed = {name: new for name, new in changes.items() if getattr(customer, name) != new}
    if not changed:
        return customer
    before = {name: str(getattr(customer, name)) for name in changed}
    for name, value in changed.items():
        setattr(customer, name, value)
    customer.save(update_fields=list(changed))
    after = {name: str(value) for name, value in changed.items()}
    audit.record("changed", customer, actor=actor, before=before, after=after)
    return customer


@transaction.atomic
def link_portal_account(user: User, *, email: str, now: datetime) -> Customer:
    """Join a portal account to the customer of the mailbox it proved. Emits CustomerLinked.

    An address nobody has joins the account's customer. A customer who has another account keeps
    it, and so does an account that has another customer: that is for staff to merge.
    """
    customer = _own_customer(user, email) or find_or_create_customer(email, name=user.name, now=now)
    customer = Customer.objects.select_for_update().get(pk=customer.pk)
    CustomerAddress.objects.filter(kind="email", value=email, proved_at=None).update(proved_at=now)
    if customer.organisation_id is None:
        customer.organisation = organisation_of(email)
        customer.save(update_fields=["organisation"])
    has_other = Customer.objects.filter(user=user).exclude(pk=customer.pk).exists()
    if customer.user_id is None and not has_other:
        customer.user = user
        customer.save(update_fields=["user"])
        emit(CustomerLinked(customer_id=customer.pk, user_id=user.pk))
    return customer


def _own_customer(user: User, email: str) -> Customer | None:
    """The account's customer, with an address that was unknown so far."""
    own = Customer.objects.filter(user=user).first()
    if own is None or by_email(email) is not None:
        return None
    return add_address(own, kind=CustomerAddress.Kind.EMAIL, value=email, actor=user).customer


def _has_phone(customer: Customer) -> bool:
    return customer.addresses.filter(kind=CustomerAddress.Kind.PHONE, is_primary=True).exists()
