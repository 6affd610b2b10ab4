"""Invariants of customers (trust.md 8)."""

from __future__ import annotations

from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from core.registries import Finding
from customers.models import Customer, CustomerAddress

_SHOWN = 20


def check_addresses(*, repair: bool) -> list[Finding]:
    """`Customer.email` repeats the primary mail address."""
    primary = CustomerAddress.objects.filter(
        customer=OuterRef("pk"), kind=CustomerAddress.Kind.EMAIL, is_primary=True
    ).values("value")[:1]
    rows = Customer.objects.active().annotate(primary=Coalesce(Subquery(primary), Value("")))
    wrong = rows.exclude(email=F("primary"))
    findings = [
        Finding(f"customer {row.pk} shows {row.email} instead of {row.primary}", repaired=repair)
        for row in wrong.order_by("pk")[:_SHOWN]
    ]
    if repair and findings:
        Customer.objects.active().update(email=Coalesce(Subquery(primary), Value("")))
    return findings


def check_merged(*, repair: bool) -> list[Finding]:
    """A merged customer has neither addresses nor an account, and points at a living one."""
    merged = Customer.objects.exclude(merged_into=None)
    odd = merged.filter(
        Q(addresses__isnull=False)
        | Q(user__isnull=False)
        | Q(merged_into__merged_into__isnull=False)
    )
    return [
        Finding(f"customer {pk} was merged but still holds something")
        for pk in odd.order_by("pk").values_list("pk", flat=True).distinct()[:_SHOWN]
    ]


def check_accounts(*, repair: bool) -> list[Finding]:
    """The account of a customer is never a colleague's."""
    odd = Customer.objects.filter(user__role__is_staff=True)
    return [
        Finding(f"customer {pk} has a colleague's account")
        for pk in odd.order_by("pk").values_list("pk", flat=True)[:_SHOWN]
    ]
