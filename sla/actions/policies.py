"""Changing policies, targets of queues and exclusions; each change puts the rules in force."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model

from core import audit
from sla.actions.rules import put_in_force
from sla.models import SlaPolicy, SlaTarget
from sla.versions import target_spec
from sla.words import changed_words, policy_words


@transaction.atomic
def save_policy(
    policy: SlaPolicy, *, targets: Sequence[SlaTarget], actor: Any, now: datetime
) -> SlaPolicy:
    """Keep a policy with these targets in place of those it had. Audited."""
    before: dict[str, str] = {}
    verb = "changed" if policy.pk else "created"
    if policy.pk:
        stored = SlaPolicy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
        before = policy_words(stored, _targets(stored))
    policy.save()
    _replace_targets(policy, targets)
    old, new = changed_words(before, policy_words(policy, _targets(policy)))
    if new:
        audit.record(verb, policy, actor=actor, before=old if before else None, after=new, now=now)
    put_in_force(actor=actor, now=now)
    return policy


def take_change(row: Model, *, actor: Any, now: datetime) -> None:
    """A row of the rules was moved, archived, removed or saved by its table."""
    put_in_force(actor=actor, now=now)


def _targets(policy: SlaPolicy) -> list[SlaTarget]:
    return list(policy.targets.select_related("priority", "calendar"))


def _replace_targets(policy: SlaPolicy, targets: Sequence[SlaTarget]) -> None:
    """Nothing refers to a target, so that new rows take the place of old ones."""
    old, new = (sorted(map(_key, rows)) for rows in (policy.targets.all(), targets))
    if old == new:
        return
    policy.targets.all().delete()
    for row in targets:
        row.policy = policy
    SlaTarget.objects.bulk_create(targets)


def _key(row: SlaTarget) -> str:
    return json.dumps(target_spec(row), sort_keys=True)
