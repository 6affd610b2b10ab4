"""The rules in force as immutable versions: written when a manager saves, kept per process."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, transaction

from accounts.models import Department
from calendars.engine import Calendar
from calendars.models import BusinessCalendar, CalendarVersion
from calendars.versions import calendar_for, current_version_ids
from core import audit
from core.conditions import in_force
from sla.models import PolicySetVersion, QueueTarget, ServiceExclusion, SlaPolicy, SlaTarget
from sla.rules import Rules
from tickets.models import Status

_LOCK = 7_240_031  # one writer of versions at a time


class StoredCalendars(Mapping[int, Calendar]):
    """Calendar versions by id, compiled when they are asked for."""

    def __getitem__(self, version_id: int) -> Calendar:
        return calendar_for(version_id)

    def __iter__(self) -> Iterator[int]:
        return iter(CalendarVersion.objects.values_list("pk", flat=True))

    def __len__(self) -> int:
        return CalendarVersion.objects.count()


stored_calendars = StoredCalendars()


@lru_cache(maxsize=256)
def rules_for(version_id: int) -> Rules:
    """The rules of one version. Raises PolicySetVersion.DoesNotExist."""
    return Rules.from_spec(
        PolicySetVersion.objects.values_list("spec", flat=True).get(pk=version_id)
    )


def version_in_force(*, now: datetime) -> int:
    """The id of the newest version; the first question writes the first one."""
    newest = PolicySetVersion.objects.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None:
        newest = publish(actor=None, now=now).pk
    return newest


@transaction.atomic
def publish(*, actor: Any, now: datetime) -> PolicySetVersion:
    """Write down the rules as the tables say them; equal rules make no version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    spec = spec_in_tables()
    sha256 = fingerprint(spec)
    newest = PolicySetVersion.objects.order_by("-pk").first()
    if newest is not None and newest.sha256 == sha256:
        return newest
    return PolicySetVersion.objects.create(
        spec=spec, sha256=sha256, valid_from=now, created_by=audit.user_of(actor)
    )


def spec_in_tables() -> dict[str, Any]:
    """The rules of the tables in the form `Rules.from_spec` reads."""
    default = BusinessCalendar.objects.filter(is_default=True).values_list("pk", flat=True).first()
    departments = Department.objects.exclude(calendar=None)
    pairs: dict[str, Any] = {
        "department_calendars": departments.values_list("pk", "calendar_id"),
        "excluded_services": ServiceExclusion.objects.values_list("service_id", "reason"),
        "statuses": Status.objects.values_list("pk", "pauses_sla"),
    }
    return {
        "policies": policy_specs(),
        "queues": {str(row.department_id): _queue(row) for row in QueueTarget.objects.all()},
        "default_calendar": default or 0,
        "calendars": {str(pk): newest for pk, newest in sorted(current_version_ids().items())},
        **{name: {str(pk): fact for pk, fact in sorted(rows)} for name, rows in pairs.items()},
    }


def policy_specs() -> list[dict[str, Any]]:
    """Every policy in its order, those out of use too: tickets may still run under them."""
    targets: dict[int, list[dict[str, Any]]] = {}
    for row in SlaTarget.objects.order_by("policy_id", "pk"):
        targets.setdefault(row.policy_id, []).append(target_spec(row))
    return [policy_spec(row, targets.get(row.pk, [])) for row in SlaPolicy.objects.all()]


def policy_spec(row: SlaPolicy, targets: list[dict[str, Any]]) -> dict[str, Any]:
    """One policy with its targets, as versions keep it."""
    return {
        "id": row.pk,
        "name": row.name,
        # What names a deleted row never matches, whatever it says (rules.md 2).
        "conditions": in_force(row.conditions),
        "calendar": row.calendar_id,
        "reopen": row.reopen_mode,
        "grace_s": row.min_grace_s,
        "reselects": row.reselects,
        "pauses_response": row.pauses_response,
        "resolving_answers": row.resolving_answers,
        "valid_from": row.valid_from.isoformat() if row.valid_from else None,
        "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        "excluded": row.excluded_reason,
        "targets": targets,
        "is_offered": row.is_enabled and row.archived_at is None,
    }


def target_spec(row: SlaTarget) -> dict[str, Any]:
    """One target, as versions keep it."""
    return {
        "priority": row.priority_id,
        "metric": row.metric,
        "when": row.when,
        "amount": row.amount,
        "unit": row.unit,
        "calendar": row.calendar_id,
        "ooh_extra_s": row.ooh_extra_s,
        "thresholds": list(row.thresholds),
    }


def fingerprint(spec: Mapping[str, Any]) -> str:
    """Equal for equal rules."""
    text = json.dumps(spec, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _queue(row: QueueTarget) -> dict[str, Any]:
    return {
        "amount": row.amount,
        "unit": row.unit,
        "calendar": row.calendar_id,
        "thresholds": list(row.thresholds),
    }
