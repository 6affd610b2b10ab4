"""The card of assets: what the ticket is about, whether it is covered, and its claims (R168)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from customers.models import Asset
from desk.asset_lines import AssetLine, ClaimLine, asset_line, claim_line, today
from desk.cards.card import Card
from tickets.models import Ticket, TicketAsset, WarrantyClaim

MOST, MAX_CLAIMS = 10, 20


@dataclass(frozen=True, kw_only=True)
class Assets:
    """The card as its template prints it; `offered` are the customer's other pieces."""

    count: SafeString
    linked: list[AssetLine]
    offered: list[AssetLine]
    claims: list[ClaimLine]


def assets_of_ticket(ticket: Ticket, user: User, now: datetime) -> Assets:
    """At most three statements: pieces, their contracts, claims."""
    links = TicketAsset.objects.filter(ticket=ticket)
    is_other = ~Exists(links.filter(asset=OuterRef("pk")))
    own = Asset.objects.active().owned_by(ticket.customer).values("pk")
    known = Q(pk__in=links.values("asset")) | Q(pk__in=own)
    rows = Asset.objects.visible_to(user).filter(known)
    first = rows.fully_read().annotate(is_other=is_other).order_by("is_other", "-pk")
    found: list[Any] = list(first[:MOST])
    claims = _claims(ticket)
    lines = [(asset_line(row, on=today(now)), row.is_other) for row in found]
    return Assets(
        count=ui.counter(len(claims), unit=_("claims")),
        linked=[line for line, is_rest in lines if not is_rest],
        offered=[line for line, is_rest in lines if is_rest],
        claims=[claim_line(claim) for claim in claims],
    )


def _claims(ticket: Ticket) -> list[WarrantyClaim]:
    rows = ticket.claims.select_related("asset__product", "service_person").order_by("-pk")
    claims = list(rows[:MAX_CLAIMS])
    for claim in claims:
        claim.ticket = ticket
    return claims


CARD = Card(template="desk/cards/assets.html", build=assets_of_ticket)
