"""An asset and a claim as one line each, wherever they are listed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format

from accounts.models.user import house_zone
from customers.assets import Cover, CoverKind, cover_of
from customers.models import Asset
from desk.links import assets_url, claims_url, ticket_url
from tickets.models import WarrantyClaim

_TONES = {"open": "warn", "in_progress": "note", "completed": "ok", "cancelled": ""}


@dataclass(frozen=True, kw_only=True)
class AssetLine:
    """One piece with the answer whether it is covered today."""

    pk: str
    url: str
    product: str
    serial: str
    owner: str
    place: str
    cover: str
    terms: str
    tone: str
    is_archived: bool


@dataclass(frozen=True, kw_only=True)
class ClaimLine:
    """One claim."""

    url: str
    name: str
    serial: str
    product: str
    complaint: str
    state: str
    tone: str
    cover: str
    issue_date: str
    service_person: str
    visited_on: str
    number: str
    ticket_url: str


def today(now: datetime) -> date:
    """The day of the house: covers end for everybody on the same one."""
    return now.astimezone(house_zone()).date()


def asset_line(asset: Asset, *, on: date) -> AssetLine:
    """A line of an asset that was read with product, owner and contracts."""
    cover = cover_of(asset, on)
    return AssetLine(
        pk=str(asset.pk),
        url=assets_url(asset.pk),
        product=asset.product.name,
        serial=asset.serial,
        owner=asset.owner_name,
        place=asset.place,
        cover=cover.words,
        terms=cover.terms,
        tone="ok" if cover.is_covered else "warn",
        is_archived=asset.archived_at is not None,
    )


def claim_line(claim: WarrantyClaim) -> ClaimLine:
    """A line of a claim that was read with ticket, asset and service person."""
    person = claim.service_person
    return ClaimLine(
        url=claims_url(claim.pk),
        name=str(claim),
        serial=claim.serial,
        product=claim.asset.product.name if claim.asset else "",
        complaint=claim.complaint,
        state=claim.get_state_display(),
        tone=_TONES[claim.state],
        cover=cover_at(claim).words,
        issue_date=day_words(claim.issue_date),
        service_person=person.display_name if person else "",
        visited_on=day_words(claim.visited_on),
        number=f"#{claim.ticket.number}",
        ticket_url=ticket_url(claim.ticket.number),
    )


def cover_at(claim: WarrantyClaim) -> Cover:
    """The cover as it was when the claim was made."""
    kind = CoverKind(claim.cover_kind)
    return Cover(kind=kind, until=claim.cover_until, terms=claim.cover_terms)


def day_words(day: date | None) -> str:
    """A day as it is read, empty for none."""
    return date_format(day, "j M Y") if day else ""
