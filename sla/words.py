"""Promises in the words of managers: 4 hours, 30 minutes, 5 business days; policies in a line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from calendars.models import BusinessCalendar
from core.conditions import describe
from sla.durations import short_target
from sla.models import Metric, SlaPolicy, SlaTarget, When
from sla.rules import METRICS

SECONDS = {"minutes": 60, "hours": 3600, "business_days": 9 * 3600}
ORDER = ("first_response", "next_response", "update", "resolution", "acknowledge")


def promise_text(row: SlaTarget) -> str:
    """A target's time, or that there is none on purpose (C3)."""
    return short_target(row.amount, row.unit) if row.amount else _("no promise")


def targets_line(targets: Iterable[SlaTarget]) -> str:
    """Each metric with its span over the priorities: "First response 30 minutes – 24 hours"."""
    rows = [row for row in targets if row.when == When.ANY and row.amount]
    spans = {metric: [row for row in rows if row.metric == metric] for metric in ORDER}
    return " · ".join(_span(Metric(metric), found) for metric, found in spans.items() if found)


def _span(metric: Metric, rows: Sequence[SlaTarget]) -> str:
    ranked = sorted(rows, key=lambda row: (row.amount or 0) * SECONDS[row.unit])
    words = list(dict.fromkeys(promise_text(row) for row in (ranked[0], ranked[-1])))
    return f"{metric.label} {' – '.join(words)}"


def who_text(policy: SlaPolicy) -> str:
    """For whom a policy is, in words."""
    return describe(policy.conditions) if policy.conditions else _("Everybody")


def policy_words(policy: SlaPolicy, targets: Iterable[SlaTarget]) -> dict[str, str]:
    """A policy as the audit log keeps it: a line for each part."""
    return {
        "name": policy.name,
        "conditions": who_text(policy),
        "calendar": str(policy.calendar or ""),
        "excluded": policy.excluded_reason,
        "enabled": _yes(policy.is_enabled),
        "reopening": policy.get_reopen_mode_display(),
        "grace_seconds": str(policy.min_grace_s),
        "reselects": _yes(policy.reselects),
        "pauses_response": _yes(policy.pauses_response),
        "resolving_answers": _yes(policy.resolving_answers),
        "valid": _validity(policy),
        **_target_words(targets),
    }


def changed_words(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Any, Any]:
    """Only the lines that differ, for the two sides of the audit log."""
    keys = [key for key in {**before, **after} if before.get(key, "") != after.get(key, "")]
    return {key: before.get(key, "") for key in keys}, {key: after.get(key, "") for key in keys}


def _target_words(targets: Iterable[SlaTarget]) -> dict[str, str]:
    lines: dict[str, list[str]] = {}
    rows = sorted(targets, key=lambda row: (METRICS.index(row.metric), row.when))
    for row in rows:
        lines.setdefault(str(row.priority or _("any priority")), []).append(target_text(row))
    return {f"targets {name}": "; ".join(words) for name, words in sorted(lines.items())}


def target_text(row: SlaTarget) -> str:
    """One target with everything that is special about it."""
    parts = [f"{row.get_metric_display()} {promise_text(row)}"]
    if row.when != When.ANY:
        parts.append(str(row.get_when_display()))
    if row.calendar is not None:
        parts.append(row.calendar.name)
    if row.ooh_extra_s:
        extra = short_target(row.ooh_extra_s // 60, "minutes")
        parts.append(_("%(extra)s more outside hours") % {"extra": extra})
    if row.thresholds:
        parts.append(_("warning at %(times)s") % {"times": ", ".join(row.thresholds)})
    return ", ".join(parts)


def calendar_text(calendar: BusinessCalendar | None) -> str:
    """The calendar a row names; without one the department's or the default one counts."""
    return calendar.name if calendar else _("The department's, or the default")


def _yes(flag: object) -> str:
    return _("yes") if flag else _("no")


def _validity(policy: SlaPolicy) -> str:
    days = [date_format(day) if day else "…" for day in (policy.valid_from, policy.valid_until)]
    return "" if days == ["…", "…"] else " – ".join(days)
