"""Who belongs to which organisation and tier, moved many at a time."""

from __future__ import annotations

from django.db import transaction

from customers.actions.assets import move_organisation_assets
from customers.actions.records import move_records_of_organisation
from customers.models import Customer, Organisation, Tier


@transaction.atomic
def adopt_customers(organisation: Organisation) -> int:
    """Take in customers without an organisation who write from its domains; returns how many."""
    adopted = 0
    for domain in organisation.domains.values_list("domain", flat=True):
        strangers = Customer.objects.active().filter(organisation=None)
        adopted += strangers.filter(
            addresses__kind="email", addresses__value__endswith=f"@{domain}"
        ).update(organisation=organisation)
    return adopted


@transaction.atomic
def move_customers(organisation: Organisation, *, to: Organisation) -> None:
    """Give all customers, domains and assets of one organisation to another."""
    Customer.objects.filter(organisation=organisation).update(organisation=to)
    organisation.domains.update(organisation=to)
    move_records_of_organisation(organisation, to=to)
    move_organisation_assets(organisation, to=to)


@transaction.atomic
def move_tier(tier: Tier, *, to: Tier) -> None:
    """Put everybody of one tier into another."""
    Customer.objects.filter(tier=tier).update(tier=to)
    Organisation.objects.filter(tier=tier).update(tier=to)
