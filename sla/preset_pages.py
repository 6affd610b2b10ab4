"""Presets as managers compare them, and what choosing one would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import Department
from sla.actions.presets import PRESETS, active_preset, coming_back
from sla.durations import short_target
from sla.models import Metric, SlaPolicy
from sla.preset_files import Preset, PresetPolicy, Promise
from sla.words import ORDER
from tickets.models import Priority


@dataclass(frozen=True)
class OfferRow:
    """One priority of a preset's main policy: its promise for each metric, "" for none."""

    name: str
    cells: list[str]


@dataclass(frozen=True)
class Offer:
    """A preset with the table of its last policy, which is the one for everybody."""

    preset: Preset
    is_active: bool
    headings: list[Any]
    rows: list[OfferRow]
    extras: list[str]


@dataclass(frozen=True)
class Change:
    """What choosing a preset replaces, brings back or adds, and what stays."""

    offer: Offer
    replaced: list[SlaPolicy]
    revived: list[SlaPolicy]
    kept: list[SlaPolicy]
    departments: list[str]


def offers() -> list[Offer]:
    """All presets in their order."""
    active = active_preset()
    names = list(Priority.objects.filter(archived_at=None).values_list("name", flat=True))
    return [_offer(preset, names, is_active=preset is active) for preset in PRESETS.values()]


def change_to(slug: str) -> Change:
    """The consequences of choosing the preset `slug`."""
    rows = list(SlaPolicy.objects.order_by("position", "pk"))
    used = [row for row in rows if row.archived_at is None]
    mine = [row for row in rows if row.preset == slug]
    return Change(
        offer=next(offer for offer in offers() if offer.preset.slug == slug),
        replaced=[row for row in used if row.preset not in {"", slug}],
        revived=[row for row in coming_back(mine) if row.archived_at],
        kept=[row for row in used if not row.preset],
        departments=_departments(PRESETS[slug]),
    )


def _departments(preset: Preset) -> list[str]:
    """Those that get a target of their own."""
    slugs = {row.department for row in preset.queues}
    without = Department.objects.filter(archived_at=None, queue_target=None, slug__in=slugs)
    return list(without.order_by("position").values_list("name", flat=True))


def _offer(preset: Preset, names: list[str], *, is_active: bool) -> Offer:
    main = preset.policies[-1]
    metrics = [metric for metric in ORDER if any(row.metric == metric for row in main.promises)]
    return Offer(
        preset=preset,
        is_active=is_active,
        headings=[Metric(metric).label for metric in metrics],
        rows=[
            OfferRow(name, [_cell(main, rank, metric) for metric in metrics])
            for rank, name in enumerate(names, start=1)
        ],
        extras=[policy.name for policy in preset.policies[:-1]],
    )


def _cell(policy: PresetPolicy, rank: int, metric: str) -> str:
    ranks = [row.rank for row in policy.promises if row.rank]
    found = [
        row
        for row in policy.promises
        if (row.metric, row.when) == (metric, "any") and row.rank == min(rank, max(ranks))
    ]
    return _text(found[0]) if found else ""


def _text(promise: Promise) -> str:
    return short_target(promise.amount, promise.unit)
