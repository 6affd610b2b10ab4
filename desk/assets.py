"""The list of assets, and the page of one with its history by serial number (R168)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.role import Permission
from core import options
from core.keyset import Order, page_of
from core.text import clean_line
from customers.models import Asset, Customer, Organisation, Product, ServiceContract
from customers.models.assets import AssetQuerySet
from customers.serials import serial_key
from desk.asset_lines import AssetLine, ClaimLine, asset_line, claim_line, day_words, today
from desk.links import assets_url, ticket_url
from tickets.models import Appointment, Ticket, WarrantyClaim
from tickets.options import EXPIRY_DAYS

LATEST = Order(("id",), is_descending=True)
ALL, EXPIRING, ARCHIVED = "", "expiring", "archived"
MOST, MAX_OWNERS = 50, 500


@dataclass(frozen=True, kw_only=True)
class AssetsPage:
    """The list as its template prints it."""

    text: str
    show: str
    tabs: list[tuple[str, str, bool]]
    lines: list[AssetLine]
    contracts: list[ContractLine]
    previous_url: str
    next_url: str
    may_change: bool


@dataclass(frozen=True, kw_only=True)
class ContractLine:
    """A service contract."""

    kind: str
    number: str
    owner: str
    span: str
    visits: str
    terms: str


@dataclass(frozen=True, kw_only=True)
class AssetPage:
    """One piece: what it is, who covers it, and what happened to it."""

    asset: Asset
    line: AssetLine
    purchased_on: str
    warranty_until: str
    contracts: list[ContractLine]
    claims: list[ClaimLine]
    visits: list[tuple[str, str, str]]
    tickets: list[tuple[str, str, str]]
    edit_url: str


def assets_page(user: User, query: QueryDict, *, now: datetime) -> AssetsPage:
    """Assets, the latest first; those `q` fits; all, those whose cover ends soon, or the old."""
    text, show = clean_line(query.get("q", ""), 200), query.get("show", "")
    show = show if show in {EXPIRING, ARCHIVED} else ALL
    rows = _shown(Asset.objects.visible_to(user), show, now)
    page = page_of((rows.filter(fitting(text)) if text else rows).fully_read(), LATEST, query)
    return AssetsPage(
        text=text,
        show=show,
        tabs=[(words, assets_url(q=text, show=key), key == show) for key, words in _tabs()],
        lines=[asset_line(row, on=today(now)) for row in page.rows],
        contracts=_ending_contracts(now) if show == EXPIRING else [],
        previous_url=assets_url(q=text, show=show, before=page.previous) if page.previous else "",
        next_url=assets_url(q=text, show=show, after=page.next) if page.next else "",
        may_change=user.may(Permission.CUSTOMERS_CHANGE),
    )


def asset_page(asset: Asset, user: User, *, now: datetime) -> AssetPage:
    """One piece with those of its tickets, claims and visits that `user` may see."""
    claims = WarrantyClaim.objects.visible_to(user).filter(asset=asset)
    claims = claims.select_related("ticket", "asset__product", "service_person").order_by("-pk")
    contracts = asset.contracts.select_related("customer", "organisation").order_by("-ends_on")
    return AssetPage(
        asset=asset,
        line=asset_line(asset, on=today(now)),
        purchased_on=day_words(asset.purchased_on),
        warranty_until=day_words(asset.warranty_until),
        contracts=[contract_line(row) for row in contracts],
        claims=[claim_line(row) for row in claims[:MOST]],
        visits=_visits(asset, user),
        tickets=_tickets(asset, user),
        edit_url=assets_url(asset.pk, part="edition")
        if user.may(Permission.CUSTOMERS_CHANGE)
        else "",
    )


def fitting(text: str) -> Q:
    """By the beginning of a serial number, or of the name of owner or product."""
    by_name = Q(name__istartswith=text)
    customers = Customer.objects.active().filter(by_name | Q(email__startswith=text.lower()))
    found = (
        Q(customer__in=_ids(customers))
        | Q(organisation__in=_ids(Organisation.objects.filter(by_name)))
        | Q(product__in=_ids(Product.objects.filter(by_name | Q(sku__istartswith=text))))
    )
    key = serial_key(text)
    return found | Q(serial_key__startswith=key) if key else found


def contract_line(contract: ServiceContract) -> ContractLine:
    """A contract that was read with its owner."""
    return ContractLine(
        kind=contract.get_kind_display(),
        number=contract.number,
        owner=contract.owner_name,
        span=f"{day_words(contract.starts_on)} – {day_words(contract.ends_on)}",
        visits=str(contract.visits_included or ""),
        terms=contract.terms,
    )


def _shown(rows: AssetQuerySet, show: str, now: datetime) -> AssetQuerySet:
    match show:
        case "expiring":
            return rows.ending(today(now), days=options.value(EXPIRY_DAYS.key))
        case "archived":
            return rows.filter(archived_at__isnull=False)
    return rows.active()


def _tabs() -> list[tuple[str, str]]:
    return [(ALL, _("In use")), (EXPIRING, _("Cover ends soon")), (ARCHIVED, _("Out of use"))]


def _ids(rows: QuerySet[Any]) -> list[int]:
    """As numbers, so that each part of the search is answered by an index of its own."""
    return list(rows.order_by().values_list("pk", flat=True)[:MAX_OWNERS])


def _ending_contracts(now: datetime) -> list[ContractLine]:
    rows = ServiceContract.objects.ending(today(now), days=options.value(EXPIRY_DAYS.key))
    found = rows.select_related("customer", "organisation").order_by("ends_on", "pk")
    return [contract_line(row) for row in found[:MOST]]


def _visits(asset: Asset, user: User) -> list[tuple[str, str, str]]:
    """When, what about, and the address of the ticket."""
    found = Appointment.objects.visible_to(user).filter(claims__asset=asset)
    rows = found.select_related("ticket").order_by("-starts_at").distinct()
    return [
        (
            day_words(today(row.starts_at)),
            f"{row.title} ({row.get_state_display()})",
            ticket_url(row.ticket.number),
        )
        for row in rows[:MOST]
    ]


def _tickets(asset: Asset, user: User) -> list[tuple[str, str, str]]:
    """Number, subject and address of the tickets about it."""
    found = Ticket.objects.visible_to(user).filter(asset_links__asset=asset).order_by("-pk")
    return [(f"#{row.number}", row.subject, ticket_url(row.number)) for row in found[:MOST]]
