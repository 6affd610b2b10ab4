"""Two rows that are one person become one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.events import emit
from customers.actions.assets import move_assets
from customers.actions.records import move_records_of_customer
from customers.events import CustomerMerged
from customers.models import Customer


class MergeRefused(Exception):
    """The two can't be merged; the text says why."""


@transaction.atomic
def merge_customers(loser: Customer, *, survivor: Customer, actor: User, now: datetime) -> Customer:
    """Move addresses, records and what upper floors hold to the survivor; unite flags and notes.

    With two portal accounts the survivor's stays. Raises MergeRefused for one and the same row
    or one merged already. Emits CustomerMerged.
    """
    rows = Customer.objects.select_for_update().order_by("pk").in_bulk([loser.pk, survivor.pk])
    loser, survivor = rows[loser.pk], rows[survivor.pk]
    if loser.pk == survivor.pk:
        raise MergeRefused(_("Choose two different customers."))
    if loser.merged_into_id or survivor.merged_into_id:
        raise MergeRefused(_("One of the two was merged before."))
    _move_addresses(loser, survivor)
    move_records_of_customer(loser, to=survivor)
    move_assets(loser, to=survivor)
    _unite(loser, survivor)
    loser.merged_into, loser.user = survivor, None
    loser.save(update_fields=["merged_into", "user"])
    # Whoever was merged before points at the one who is left, never at a row without a life.
    Customer.objects.filter(merged_into=loser).update(merged_into=survivor)
    survivor.save()
    emit(CustomerMerged(customer_id=loser.pk, survivor_id=survivor.pk))
    audit.record(
        "merged", survivor, actor=actor, before={"merged": loser.pk, "name": loser.name}, now=now
    )
    return survivor


def _move_addresses(loser: Customer, survivor: Customer) -> None:
    taken = set(survivor.addresses.filter(is_primary=True).values_list("kind", flat=True))
    for address in loser.addresses.all():
        address.customer = survivor
        address.is_primary = address.is_primary and address.kind not in taken
        address.save(update_fields=["customer", "is_primary"])


def _unite(loser: Customer, survivor: Customer) -> None:
    survivor.name = survivor.name or loser.name
    survivor.email = survivor.email or loser.email
    survivor.organisation = survivor.organisation or loser.organisation
    survivor.tier = survivor.tier or loser.tier
    survivor.is_vip = survivor.is_vip or loser.is_vip
    survivor.language = survivor.language or loser.language
    survivor.time_zone = survivor.time_zone or loser.time_zone
    survivor.role = survivor.role or loser.role
    survivor.dedicated_agent = survivor.dedicated_agent or loser.dedicated_agent
    survivor.attributes = {**loser.attributes, **survivor.attributes}
    if survivor.monthly_spend is None:
        survivor.monthly_spend = loser.monthly_spend
    survivor.notes = "\n\n".join(filter(None, (survivor.notes, loser.notes)))
    if survivor.user is None and loser.user is not None:
        user, loser.user = loser.user, None
        # The one-to-one link must leave one row before it enters the other.
        loser.save(update_fields=["user"])
        survivor.user = user
