"""Whoever writes becomes a customer, once (R38, mail.md 56)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from customers.models import Customer, CustomerAddress, Organisation


@transaction.atomic
def find_or_create_customer(
    email: str, *, name: str = "", language: str = "", now: datetime
) -> Customer:
    """The customer of this canonical address, created once however many ask at the same time.

    An empty name is filled; the organisation follows from the domain.
    """
    known = by_email(email)
    if known is None:
        try:
            with transaction.atomic():
                return _insert(email, name=name, language=language, now=now)
        except IntegrityError:
            known = by_email(email)
            if known is None:
                raise
    if name and not known.name:
        known.name = name[:160]
        known.save(update_fields=["name"])
    return known


def by_email(email: str) -> Customer | None:
    """The customer of a canonical address; merged ones answer with their survivor."""
    rows = CustomerAddress.objects.select_related(
        "customer__organisation", "customer__merged_into__organisation"
    )
    row = rows.filter(kind=CustomerAddress.Kind.EMAIL, value=email).first()
    return None if row is None else row.customer.merged_into or row.customer


def organisation_of(email: str) -> Organisation | None:
    """The organisation that lists the address's domain (R38); freemail belongs to none."""
    domain = email.rpartition("@")[2]
    return Organisation.objects.filter(domains__domain=domain).first() if domain else None


def _insert(email: str, *, name: str, language: str, now: datetime) -> Customer:
    customer = Customer.objects.create(
        name=name[:160],
        email=email,
        language=language[:16],
        organisation=organisation_of(email),
        created_at=now,
    )
    CustomerAddress.objects.create(
        customer=customer, kind=CustomerAddress.Kind.EMAIL, value=email, is_primary=True
    )
    return customer
