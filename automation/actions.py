"""Changing rules: each change is audited, becomes a version and is in force at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from automation.models import Rule, RuleSetVersion
from automation.sentences import rule_sentence, spec_of
from automation.versions import publish
from core import audit

STEP = 10


@transaction.atomic
def save_rule(rule: Rule, *, actor: Any, now: datetime) -> Rule:
    """Keep a rule as its form says it. Audited as a sentence."""
    before = _words(Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)) if rule.pk else {}
    verb = "changed" if rule.pk else "created"
    rule.save()
    after = _words(rule)
    if before != after:
        old = {name: words for name, words in before.items() if words != after.get(name)}
        new = {name: words for name, words in after.items() if words != before.get(name)}
        audit.record(verb, rule, actor=actor, before=old or None, after=new, now=now)
    publish(rule.kind, actor=actor, now=now)
    return rule


def take_change(rule: Rule, *, actor: Any, now: datetime) -> None:
    """A rule was moved, archived or brought back by its table."""
    publish(rule.kind, actor=actor, now=now)


@transaction.atomic
def switch_rule(rule: Rule, *, to: str, actor: Any, now: datetime) -> Rule:
    """Let a rule run (`to` is "on") or rest; nothing happens when it does already. Audited."""
    locked = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
    is_on = to == "on"
    if locked.is_enabled == is_on:
        return locked
    locked.is_enabled = is_on
    locked.save(update_fields=["is_enabled"])
    words = {True: _("on"), False: _("off")}
    audit.record(
        "changed",
        locked,
        actor=actor,
        before={"is_enabled": words[not is_on]},
        after={"is_enabled": words[is_on]},
        now=now,
    )
    publish(locked.kind, actor=actor, now=now)
    return locked


@transaction.atomic
def copy_rule(rule: Rule, *, actor: Any, now: datetime) -> Rule:
    """The same rule once more right behind it, switched off. Audited."""
    copy = Rule.objects.get(pk=rule.pk)
    copy.pk, copy.archived_at, copy.preset = None, None, ""
    copy.name = (_("%(name)s (copy)") % {"name": rule.name})[:80]
    copy.is_enabled = False
    copy._state.adding = True
    copy.save()
    rows = [row for row in Rule.objects.active().of_kind(rule.kind) if row.pk != copy.pk]
    place = next((n for n, row in enumerate(rows, start=1) if row.pk == rule.pk), len(rows))
    put_in_order([*rows[:place], copy, *rows[place:]])
    audit.record("created", copy, actor=actor, after={"copy of": rule.name}, now=now)
    publish(copy.kind, actor=actor, now=now)
    return copy


def put_in_order(rows: Iterable[Rule]) -> None:
    """Number the rules as they stand."""
    ordered = list(rows)
    for number, row in enumerate(ordered, start=1):
        row.position = number * STEP
    Rule.objects.bulk_update(ordered, ["position"])


def last_position(kind: str) -> int:
    """Where the last rule in use of this kind stands."""
    found: int | None = (
        Rule.objects.active().filter(kind=kind).aggregate(last=Max("position"))["last"]
    )
    return found or 0


def publish_all(kinds: Iterable[str], *, actor: Any, now: datetime) -> list[RuleSetVersion]:
    """Put several kinds in force."""
    return [publish(kind, actor=actor, now=now) for kind in sorted(set(kinds))]


def _words(rule: Rule) -> dict[str, str]:
    """A rule for the audit log."""
    return {
        "name": rule.name,
        "rule": rule_sentence(spec_of(rule)),
        "is_enabled": _("on") if rule.is_enabled else _("off"),
        "overrides_agents": _("yes") if rule.overrides_agents else _("no"),
        "calendar": str(rule.calendar or ""),
        "department": str(rule.department or ""),
        "owner": str(rule.owner or ""),
    }
