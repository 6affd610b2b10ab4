"""Putting a preset in force: its policies instead of those of another one (sla.md 11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Model, QuerySet

from accounts.models import Department
from calendars.models import BusinessCalendar
from calendars.presets import ensure_presets
from core import audit
from core.conditions.tree import NEVER, Tree
from customers.models import Tier
from sla.actions.rules import put_in_force
from sla.models import QueueTarget, SlaPolicy, SlaTarget
from sla.preset_files import DEFAULT, LAST_RANK, WARN, Preset, PresetPolicy, Promise, all_presets
from tickets.models import Priority, Service

PRESETS = all_presets()
STEP = 10
_BY_SLUG: dict[str, type[Model]] = {"service": Service, "tier": Tier, "department": Department}


def active_preset() -> Preset | None:
    """The preset whose policies are in use, however much they were changed since."""
    rows = SlaPolicy.objects.active().exclude(preset="").order_by("position", "pk")
    return PRESETS.get(rows.values_list("preset", flat=True).first() or "")


@transaction.atomic
def apply_preset(slug: str, *, actor: Any, now: datetime) -> list[SlaPolicy]:
    """Archive the policies of other presets and bring those of this one into use. Audited.

    Policies that belong to no preset stay, and so does what was changed in one used before; one
    in use already is left as it is. Raises KeyError for a preset nobody knows.
    """
    preset = PRESETS[slug]
    rows = list(SlaPolicy.objects.select_for_update().order_by("position", "pk"))
    replaced = [row for row in rows if _is_in_use(row) and row.preset not in {"", slug}]
    mine = [row for row in rows if row.preset == slug]
    if not replaced and any(map(_is_in_use, mine)):
        return [row for row in mine if _is_in_use(row)]
    _archive(replaced, now=now)
    used = _revived(mine) or _created(preset, actor=actor, now=now)
    _promise_queues(preset)
    audit.record(
        "sla_preset_applied",
        used[0],
        actor=actor,
        before={"policies": [row.name for row in replaced]},
        after={"preset": preset.name, "policies": [row.name for row in used]},
        now=now,
    )
    put_in_force(actor=actor, now=now)
    return used


def ensure_policies(*, actor: Any, now: datetime, slug: str = DEFAULT) -> None:
    """Put a preset in force where there has never been a policy."""
    if not SlaPolicy.objects.exists():
        apply_preset(slug, actor=actor, now=now)


def coming_back(rows: list[SlaPolicy]) -> list[SlaPolicy]:
    """Those that went together when another preset came; what was archived alone stays so."""
    together = max((row.archived_at for row in rows if row.archived_at), default=None)
    return [row for row in rows if row.archived_at in {None, together}]


def _is_in_use(row: SlaPolicy) -> bool:
    return row.archived_at is None


def _archive(rows: list[SlaPolicy], *, now: datetime) -> None:
    for row in rows:
        row.archived_at = now
    SlaPolicy.objects.bulk_update(rows, ["archived_at"])


def _revived(rows: list[SlaPolicy]) -> list[SlaPolicy]:
    back = coming_back(rows)
    for position, row in enumerate(back, start=1):
        row.archived_at, row.position = None, _last_position() + position * STEP
    SlaPolicy.objects.bulk_update(back, ["archived_at", "position"])
    return back


def _last_position() -> int:
    """Behind whatever is in use: the last policy of a preset is for everybody."""
    found: int | None = SlaPolicy.objects.active().aggregate(last=Max("position"))["last"]
    return found or 0


@dataclass(frozen=True)
class _Vocabulary:
    """What the slugs and ranks of a preset mean in this installation."""

    calendars: Mapping[str, int]
    priorities: list[int]

    def rows(self, policy: SlaPolicy, promise: Promise) -> list[SlaTarget]:
        """A target for the n-th most urgent priority; priorities beyond the table share its end."""
        return [
            SlaTarget(
                policy=policy,
                priority_id=priority,
                metric=promise.metric,
                when=promise.when,
                amount=promise.amount,
                unit=promise.unit,
                calendar_id=self.calendars.get(promise.calendar),
                thresholds=list(WARN),
            )
            for priority in self._of_rank(promise.rank)
        ]

    def _of_rank(self, rank: int | None) -> list[int | None]:
        if rank is None:
            return [None]
        end = len(self.priorities) if rank == LAST_RANK else rank
        return list(self.priorities[rank - 1 : end])


def _created(preset: Preset, *, actor: Any, now: datetime) -> list[SlaPolicy]:
    """Its policies in their order; one whose conditions fit nothing here is left out."""
    vocabulary = _Vocabulary(
        _calendars(preset, actor=actor, now=now),
        list(Priority.objects.filter(archived_at=None).values_list("pk", flat=True)),
    )
    last = _last_position()
    made: list[SlaPolicy] = []
    for plan in preset.policies:
        conditions = _resolved(plan.conditions)
        if conditions != NEVER:
            place = last + STEP * (len(made) + 1)
            made.append(_policy(preset, plan, conditions, position=place, vocabulary=vocabulary))
    return made


def _policy(
    preset: Preset,
    plan: PresetPolicy,
    conditions: Tree,
    *,
    position: int,
    vocabulary: _Vocabulary,
) -> SlaPolicy:
    policy = SlaPolicy.objects.create(
        name=plan.name,
        preset=preset.slug,
        position=position,
        conditions=conditions,
        calendar_id=vocabulary.calendars.get(plan.calendar),
        excluded_reason=plan.excluded,
    )
    SlaTarget.objects.bulk_create(
        row for promise in plan.promises for row in vocabulary.rows(policy, promise)
    )
    return policy


def _promise_queues(preset: Preset) -> None:
    """First-response promises of departments that are here and have none (R72)."""
    calendars = dict(BusinessCalendar.objects.values_list("slug", "pk"))
    departments = dict(
        Department.objects.filter(archived_at=None, queue_target=None).values_list("slug", "pk")
    )
    QueueTarget.objects.bulk_create(
        QueueTarget(
            department_id=departments[plan.department],
            amount=plan.amount,
            unit=plan.unit,
            calendar_id=calendars.get(plan.calendar),
            thresholds=list(WARN),
        )
        for plan in preset.queues
        if plan.department in departments
    )


def _calendars(preset: Preset, *, actor: Any, now: datetime) -> dict[str, int]:
    """The calendars by slug; those of the seeds are added when one that is named is missing."""
    rows: QuerySet[BusinessCalendar] = BusinessCalendar.objects.active()
    if preset.calendars - set(rows.values_list("slug", flat=True)):
        ensure_presets(actor=actor, now=now)
    return dict(rows.values_list("slug", "pk"))


def _resolved(tree: Mapping[str, Any]) -> Tree:
    """Slugs become keys; what is not here is left out, and NEVER remains when nothing is."""
    if "slugs" in tree:
        model = _BY_SLUG[tree["field"]]
        found = model._default_manager.filter(slug__in=tree["slugs"]).order_by("pk")
        keys = list(found.values_list("pk", flat=True))
        return {"field": tree["field"], "op": tree["op"], "value": keys} if keys else NEVER
    if "any" in tree:
        kept = [leaf for leaf in map(_resolved, tree["any"]) if leaf != NEVER]
        return {"any": kept}
    return dict(tree)
