"""The rules in force as immutable versions: written when a manager saves, compiled once."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from automation.engine import RuleSet, RuleSpec
from automation.models import Rule, RuleKind, RuleSetVersion
from core import audit
from core.conditions import in_force
from core.memo import remembered

_LOCK: Final = 7_240_041  # one writer of versions at a time
# A department deleted elsewhere makes rules that name it rest within this time.
_FRESH_SECONDS: Final = 60.0
_KEPT: Final = len(RuleKind.values) * 2

_compiled: dict[int, tuple[float, RuleSet]] = {}
_replaced: ContextVar[Mapping[str, RuleSet] | None] = ContextVar("replaced_rules", default=None)


@remembered()
def _newest() -> dict[str, int]:
    """The newest version of each kind; other processes learn of a save after five seconds."""
    rows = RuleSetVersion.objects.order_by("kind", "-pk").distinct("kind")
    return dict(rows.values_list("kind", "pk"))


def rules_in_force(kind: str) -> RuleSet | None:
    """The compiled rules of `kind`; None while nobody has written any."""
    replaced = _replaced.get()
    if replaced is not None:
        return replaced.get(kind)
    version_id = _newest().get(kind)
    return None if version_id is None else rules_of(version_id)


@contextmanager
def rules_replaced(rule_sets: Mapping[str, RuleSet]) -> Iterator[None]:
    """Run these, and no others, instead of what is in force: for trials and for imports (N3)."""
    token = _replaced.set(rule_sets)
    try:
        yield
    finally:
        _replaced.reset(token)


def rules_of(version_id: int) -> RuleSet:
    """One version, compiled. Raises RuleSetVersion.DoesNotExist."""
    found = _compiled.get(version_id)
    if found is None or found[0] <= time.monotonic():
        spec = RuleSetVersion.objects.values_list("spec", flat=True).get(pk=version_id)
        found = time.monotonic() + _FRESH_SECONDS, rule_set(spec, version_id=version_id)
        _compiled.pop(version_id, None)
        if len(_compiled) >= _KEPT:  # the one compiled longest ago goes, not those in use
            _compiled.pop(next(iter(_compiled)), None)
        _compiled[version_id] = found
    return found[1]


def rule_set(spec: Mapping[str, Any], *, version_id: int = 0) -> RuleSet:
    """The rules a version or a draft describes; what names a deleted row never matches."""
    rules = [RuleSpec.from_spec(row) for row in spec["rules"]]
    return RuleSet(rules, version_id=version_id, judged=in_force)


@transaction.atomic
def publish(kind: str, *, actor: Any, now: datetime) -> RuleSetVersion:
    """Write down the rules of `kind` as the table says them; equal rules make no version."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    spec = spec_in_table(kind)
    sha256 = fingerprint(spec)
    newest = RuleSetVersion.objects.filter(kind=kind).order_by("-pk").first()
    if newest is None or newest.sha256 != sha256:
        newest = RuleSetVersion.objects.create(
            kind=kind, spec=spec, sha256=sha256, created_at=now, created_by=audit.user_of(actor)
        )
    transaction.on_commit(forget_rules)
    forget_rules()
    return newest


def forget_rules() -> None:
    """Ask anew which versions are newest: after a save in this process."""
    _newest.forget()


def spec_in_table(kind: str) -> dict[str, Any]:
    """The rules of the table in the form `rule_set` reads, those switched off too."""
    return {"rules": [rule_spec(row) for row in Rule.objects.active().of_kind(kind)]}


def rule_spec(row: Rule) -> dict[str, Any]:
    """One rule, as versions keep it."""
    return {
        "id": row.pk,
        "name": row.name,
        "kind": row.kind,
        "trigger": row.trigger,
        "trigger_args": row.trigger_args,
        "conditions": row.conditions,
        "effects": row.effects,
        "goes_on": row.goes_on,
        "stops": row.stops,
        "overrides_agents": row.overrides_agents,
        "level": row.level,
        "calendar": row.calendar_id,
        "department": row.department_id,
        "owner": row.owner_id,
        "is_enabled": row.is_enabled,
    }


def fingerprint(spec: Mapping[str, Any]) -> str:
    """Equal for equal rules."""
    text = json.dumps(spec, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
