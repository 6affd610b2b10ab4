"""Bringing the rules of an earlier version back, as a new version: nothing is undone (N11)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from automation.actions import STEP
from automation.differences import rule_changes
from automation.models import Rule, RuleSetVersion
from automation.versions import publish, spec_in_table
from calendars.models import BusinessCalendar
from core import audit

_PLAIN = (
    "name", "trigger", "trigger_args", "conditions", "effects", "goes_on", "stops",
    "overrides_agents", "level", "is_enabled",
)  # fmt: skip


@transaction.atomic
def restore_rules(version: RuleSetVersion, *, actor: Any, now: datetime) -> RuleSetVersion:
    """Let the rules of a kind be again what they were; those made since are archived. Audited.

    Raises ValidationError when they are like that already.
    """
    kind = version.kind
    rows = {row.pk: row for row in Rule.objects.select_for_update(of=("self",)).filter(kind=kind)}
    words = rule_changes(spec_in_table(kind), version.spec)
    if not words:
        raise ValidationError(_("The rules are like that already."))
    known = _Known()
    for place, spec in enumerate(version.spec["rules"], start=1):
        # A row that is gone comes back under its own number, so that the log still leads to it.
        row = rows.pop(spec["id"], None) or Rule(pk=spec["id"], kind=kind)
        row.position, row.archived_at = place * STEP, None
        _restore(row, spec, known)
    for row in rows.values():
        row.archived_at = row.archived_at or now
    Rule.objects.bulk_update(rows.values(), ["archived_at"])
    after = {"changes": words, "version": version.pk}
    audit.record("rules_restored", version, actor=actor, after=after, now=now)
    return publish(kind, actor=actor, now=now)


class _Known:
    """Rows that rules may still name."""

    def __init__(self) -> None:
        self._ids = {
            "calendar": set(BusinessCalendar.objects.values_list("pk", flat=True)),
            "department": set(Department.objects.values_list("pk", flat=True)),
            "owner": set(User.objects.values_list("pk", flat=True)),
        }

    def keys(self, spec: Mapping[str, Any]) -> dict[str, int | None]:
        """The foreign keys of a rule, without what is gone."""
        return {
            f"{name}_id": spec[name] if spec[name] in ids else None
            for name, ids in self._ids.items()
        }


def _restore(row: Rule, spec: Mapping[str, Any], known: _Known) -> None:
    for name in _PLAIN:
        setattr(row, name, spec[name])
    for name, value in known.keys(spec).items():
        setattr(row, name, value)
    row.save()
