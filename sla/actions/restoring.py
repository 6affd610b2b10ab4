"""Bringing the policies of an earlier version back, as a new version: nothing is undone (N11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from calendars.models import BusinessCalendar
from core import audit
from sla.actions.rules import put_in_force
from sla.differences import Names, policy_changes
from sla.models import PolicySetVersion, SlaPolicy, SlaTarget
from sla.versions import spec_in_tables
from tickets.models import Priority

STEP = 10


@transaction.atomic
def restore_policies(version: PolicySetVersion, *, actor: Any, now: datetime) -> PolicySetVersion:
    """Let policies promise again what they did under `version`. Audited.

    Calendars, statuses and departments stay as they are; policies made since are archived.
    Raises ValidationError when the policies are those already.
    """
    rows = {row.pk: row for row in SlaPolicy.objects.select_for_update().order_by("pk")}
    before = spec_in_tables()
    wanted = rules_with_policies_of(version.spec, before)
    words = policy_changes(before, wanted, Names.today())
    if not words:
        raise ValidationError(_("The policies are like that already."))
    known = _Known()
    for place, spec in enumerate(wanted["policies"], start=1):
        row = rows.get(spec["id"]) or SlaPolicy()
        row.position = place * STEP
        _restore(row, spec, known, now=now)
    after = {"changes": words, "version": version.pk}
    audit.record("sla_policies_restored", version, actor=actor, after=after, now=now)
    return put_in_force(actor=actor, now=now)


def rules_with_policies_of(old: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """The rules of the tables with earlier policies; those that came later are out of use."""
    policies = [dict(row) for row in old["policies"]]
    known = {row["id"] for row in policies}
    later = [{**row, "is_offered": False} for row in now["policies"] if row["id"] not in known]
    return {**now, "policies": policies + later}


class _Known:
    """Rows that targets may still name."""

    def __init__(self) -> None:
        self.priorities = set(Priority.objects.values_list("pk", flat=True))
        self.calendars = set(BusinessCalendar.objects.values_list("pk", flat=True))

    def calendar(self, pk: int | None) -> int | None:
        return pk if pk in self.calendars else None

    def has_priority(self, pk: int | None) -> bool:
        return pk is None or pk in self.priorities


def _restore(row: SlaPolicy, spec: Mapping[str, Any], known: _Known, *, now: datetime) -> None:
    row.name, row.conditions = spec["name"], spec["conditions"]
    row.calendar_id = known.calendar(spec["calendar"])
    row.reopen_mode, row.min_grace_s = spec["reopen"], spec["grace_s"]
    row.reselects, row.pauses_response = spec["reselects"], spec["pauses_response"]
    row.resolving_answers, row.excluded_reason = spec["resolving_answers"], spec["excluded"]
    row.valid_from, row.valid_until = _day(spec["valid_from"]), _day(spec["valid_until"])
    _set_use(row, is_offered=spec["is_offered"], now=now)
    row.save()
    row.targets.all().delete()
    SlaTarget.objects.bulk_create(
        _target(row, target, known)
        for target in spec["targets"]
        if known.has_priority(target["priority"])
    )


def _set_use(row: SlaPolicy, *, is_offered: bool, now: datetime) -> None:
    """Out of use is out of use, whether it was archived or switched off."""
    was_offered = row.is_enabled and row.archived_at is None
    if is_offered:
        row.is_enabled, row.archived_at = True, None
    elif was_offered:
        row.archived_at = now


def _target(row: SlaPolicy, spec: Mapping[str, Any], known: _Known) -> SlaTarget:
    return SlaTarget(
        policy=row,
        priority_id=spec["priority"],
        metric=spec["metric"],
        when=spec["when"],
        amount=spec["amount"],
        unit=spec["unit"],
        calendar_id=known.calendar(spec["calendar"]),
        ooh_extra_s=spec["ooh_extra_s"],
        thresholds=spec["thresholds"],
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
