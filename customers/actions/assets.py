"""Assets entered and changed by hand; what is out of use stays for its history."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit
from core.text import clean_line, clean_text
from customers.assets import warranty_end
from customers.models import Asset, Customer, Organisation, Product, ServiceContract
from customers.serials import MAX_SERIAL, serial_key


@dataclass(frozen=True, kw_only=True)
class AssetFacts:
    """What is known of a piece; without `warranty_until` the product and the purchase say it."""

    product: Product
    serial: str
    customer: Customer | None = None
    organisation: Organisation | None = None
    purchased_on: date | None = None
    warranty_until: date | None = None
    place: str = ""
    notes: str = ""
    is_archived: bool = False


@transaction.atomic
def add_asset(facts: AssetFacts, *, actor: User, now: datetime) -> Asset:
    """Enter a piece. Audited.

    Raises ValidationError without owner or serial number, and for a number the product has.
    """
    asset = Asset(created_at=now)
    _fill(asset, facts, now)
    asset.save(force_insert=True)
    audit.record("created", asset, actor=actor, after=_told(facts), now=now)
    return asset


@transaction.atomic
def change_asset(asset: Asset, *, facts: AssetFacts, actor: User, now: datetime) -> Asset:
    """Correct what is known, or put it out of use. Audited. Raises as `add_asset` does."""
    asset = Asset.objects.select_for_update(of=("self",)).fully_read().get(pk=asset.pk)
    before = _told(facts_of(asset))
    _fill(asset, facts, now)
    after = _told(facts_of(asset))
    if after != before:
        asset.save()
        audit.record("changed", asset, actor=actor, before=before, after=after, now=now)
    return asset


def move_assets(loser: Customer, *, to: Customer) -> None:
    """What one customer owned is the other's: the two were one person."""
    Asset.objects.filter(customer=loser).update(customer=to)
    ServiceContract.objects.filter(customer=loser).update(customer=to)


def move_organisation_assets(old: Organisation, *, to: Organisation) -> None:
    """What one organisation owned is the other's."""
    Asset.objects.filter(organisation=old).update(organisation=to)
    ServiceContract.objects.filter(organisation=old).update(organisation=to)


def facts_of(asset: Asset) -> AssetFacts:
    """What is known of it by now."""
    return AssetFacts(
        product=asset.product,
        serial=asset.serial,
        customer=asset.customer,
        organisation=asset.organisation,
        purchased_on=asset.purchased_on,
        warranty_until=asset.warranty_until,
        place=asset.place,
        notes=asset.notes,
        is_archived=asset.archived_at is not None,
    )


def _fill(asset: Asset, facts: AssetFacts, now: datetime) -> None:
    serial = clean_line(facts.serial, MAX_SERIAL)
    key = serial_key(serial)
    if not key:
        raise ValidationError({"serial": _("Give the serial number.")})
    if facts.customer is None and facts.organisation is None:
        raise ValidationError(_("Say which customer or organisation owns it."))
    _refuse_taken(asset, facts.product, key)
    asset.product, asset.serial, asset.serial_key = facts.product, serial, key
    asset.customer, asset.organisation = facts.customer, facts.organisation
    asset.purchased_on, asset.warranty_until = facts.purchased_on, _end_of(facts)
    asset.place, asset.notes = clean_line(facts.place, 300), clean_text(facts.notes)[:4_000]
    asset.archived_at = (asset.archived_at or now) if facts.is_archived else None


def _refuse_taken(asset: Asset, product: Product, key: str) -> None:
    """The product's row is locked, so that two who enter one number wait for each other."""
    Product.objects.select_for_update().get(pk=product.pk)
    if Asset.objects.filter(product=product, serial_key=key).exclude(pk=asset.pk).exists():
        refusal = _("%(product)s has a piece with this serial number.") % {"product": product}
        raise ValidationError({"serial": refusal})


def _end_of(facts: AssetFacts) -> date | None:
    if facts.warranty_until is not None or facts.purchased_on is None:
        return facts.warranty_until
    return warranty_end(facts.purchased_on, facts.product.warranty_months)


def _told(facts: AssetFacts) -> dict[str, Any]:
    """What the audit log keeps."""
    known = {field.name: getattr(facts, field.name) for field in fields(facts)}
    return {name: said if said is True else str(said or "") for name, said in known.items()}
