"""The answer to a serial number: which piece it is, and who covers it today."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from core.text import clean_line
from customers.assets import assets_with_serial
from customers.serials import MAX_SERIAL
from desk.asset_lines import AssetLine, asset_line, today
from desk.links import ticket_url
from tickets.models import Ticket, TicketAsset, WarrantyClaim


@dataclass(frozen=True, kw_only=True)
class Found:
    """A piece with that number; `claims` says how often it was claimed for."""

    line: AssetLine
    claims: int
    is_linked: bool
    claim_url: str


@dataclass(frozen=True, kw_only=True)
class WarrantyCheck:
    """The answer as its template prints it."""

    serial: str
    url: str
    found: list[Found]
    link_url: str
    claim_url: str


def check_warranty(serial: str, ticket: Ticket, user: User, *, now: datetime) -> WarrantyCheck:
    """Every piece with this number, whatever its product."""
    typed = clean_line(serial, MAX_SERIAL)
    assets = assets_with_serial(typed, user)
    ids = [asset.pk for asset in assets]
    claims = WarrantyClaim.objects.filter(asset__in=ids).values_list("asset", flat=True)
    counts = Counter(claims)
    linked = set(
        TicketAsset.objects.filter(ticket=ticket, asset__in=ids).values_list("asset", flat=True)
    )
    return WarrantyCheck(
        serial=typed,
        url=ticket_url(ticket.number, part="warranty"),
        found=[
            Found(
                line=asset_line(asset, on=today(now)),
                claims=counts[asset.pk],
                is_linked=asset.pk in linked,
                claim_url=ticket_url(ticket.number, part="claims", asset=str(asset.pk)),
            )
            for asset in assets
        ],
        link_url=ticket_url(ticket.number, part="assets"),
        claim_url=ticket_url(ticket.number, part="claims", serial=typed),
    )
