"""Which cover an asset has on a day: warranty, AMC, CMC, or none; and whose assets there are."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Asset, Customer, ServiceContract
from customers.models.assets import AssetQuerySet
from customers.serials import serial_key

MAX_FOUND = 20


class CoverKind(TextChoices):
    """What pays for a repair; the order says which one is named where several would."""

    WARRANTY = "warranty", gettext_lazy("Warranty")
    CMC = "cmc", gettext_lazy("CMC")
    AMC = "amc", gettext_lazy("AMC")
    NONE = "none", gettext_lazy("No cover")


_RANKS: dict[str, int] = {kind: rank for rank, kind in enumerate(CoverKind.values)}


@dataclass(frozen=True, kw_only=True)
class Span:
    """A time some cover holds, its first and last day included; without a first it held always."""

    kind: CoverKind
    since: date | None
    until: date
    terms: str = ""

    def holds_on(self, day: date) -> bool:
        return (self.since is None or self.since <= day) and day <= self.until


@dataclass(frozen=True, kw_only=True)
class Cover:
    """The answer for one day; without cover `until` is the day the last one ended, if any did."""

    kind: CoverKind
    until: date | None = None
    terms: str = ""

    @property
    def is_covered(self) -> bool:
        return self.kind != CoverKind.NONE

    @property
    def words(self) -> str:
        """The answer as a sentence."""
        if self.until is None:
            return _("No cover is known")
        day = date_format(self.until, "j M Y")
        if not self.is_covered:
            return _("No cover since %(day)s") % {"day": day}
        return _("%(kind)s until %(day)s") % {"kind": self.kind.label, "day": day}


def cover_of(asset: Asset, on: date) -> Cover:
    """Which cover `asset` has on that day; reads its contracts, prefetched or not."""
    return best_cover(spans_of(asset), on)


def best_cover(spans: Iterable[Span], on: date) -> Cover:
    """The cover that holds on a day: warranty before CMC before AMC, the longest of a kind."""
    known = list(spans)
    holding = [span for span in known if span.holds_on(on)]
    if holding:
        best = min(holding, key=lambda span: (_RANKS[span.kind], -span.until.toordinal()))
        return Cover(kind=best.kind, until=best.until, terms=best.terms)
    ended = [span.until for span in known if span.until < on]
    return Cover(kind=CoverKind.NONE, until=max(ended, default=None))


def spans_of(asset: Asset) -> list[Span]:
    """The warranty and the contracts in use."""
    contracts = [row for row in asset.contracts.all() if row.archived_at is None]
    return [*_warranty(asset), *map(_agreed, contracts)]


def warranty_end(purchased_on: date, months: int) -> date:
    """The same day so many months on, or the last of a shorter month."""
    year, month = divmod(purchased_on.year * 12 + purchased_on.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(purchased_on.day, last))


def assets_of(customer: Customer) -> AssetQuerySet:
    """A customer's assets and their organisation's, those out of use left out."""
    return Asset.objects.active().owned_by(customer).fully_read().order_by("-pk")


def assets_with_serial(text: str, user: Any) -> list[Asset]:
    """Whatever carries this number, of whatever product."""
    key = serial_key(text)
    if not key:
        return []
    found = Asset.objects.visible_to(user).filter(serial_key=key).fully_read()
    return list(found.order_by("archived_at", "pk")[:MAX_FOUND])


def _warranty(asset: Asset) -> list[Span]:
    if asset.warranty_until is None:
        return []
    kind, terms = CoverKind.WARRANTY, asset.product.terms
    span = Span(kind=kind, since=asset.purchased_on, until=asset.warranty_until, terms=terms)
    return [span]


def _agreed(contract: ServiceContract) -> Span:
    return Span(
        kind=CoverKind(contract.kind),
        since=contract.starts_on,
        until=contract.ends_on,
        terms=contract.terms,
    )
