"""What changed from one version of the rules to the next, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Department
from calendars.models import BusinessCalendar
from core.conditions import describe
from sla.durations import metric_name, short_target
from sla.models import SlaPolicy, When
from tickets.models import Priority, Service, Status

Spec = Mapping[str, Any]


@dataclass(frozen=True)
class Names:
    """What the ids of rules stand for today; what is gone is shown as a question mark."""

    priorities: Mapping[int, str]
    calendars: Mapping[int, str]
    departments: Mapping[int, str]
    services: Mapping[int, str]
    statuses: Mapping[int, str]

    @classmethod
    def today(cls) -> Names:
        """One statement for each table."""
        models = (Priority, BusinessCalendar, Department, Service, Status)
        tables: list[dict[int, str]] = [
            {row.pk: str(row) for row in model._default_manager.all()} for model in models
        ]
        return cls(*tables)

    def calendar(self, pk: int | None) -> str:
        if pk is None:
            return _("the department's or the default calendar")
        return self.calendars.get(int(pk), "?")

    def priority(self, pk: int | None) -> str:
        return _("any priority") if pk is None else self.priorities.get(pk, "?")


def changes(before: Spec | None, after: Spec, names: Names) -> list[str]:
    """A sentence for each thing that differs; the first version has nothing before it."""
    if before is None:
        return [_("The first version.")]
    return [
        *policy_changes(before, after, names),
        *_queue_changes(before, after, names),
        *_exclusion_changes(before, after, names),
        *_calendar_changes(before, after, names),
        *_status_changes(before, after, names),
    ]


def policy_changes(before: Spec, after: Spec, names: Names) -> list[str]:
    """Policies that came, went, moved or promise something else."""
    old = {row["id"]: row for row in before["policies"]}
    new = {row["id"]: row for row in after["policies"]}
    lines = [line for pk, row in new.items() for line in _policy(old.get(pk), row, names)]
    lines += [
        _named(_("Policy “%(name)s” is gone."), row) for pk, row in old.items() if pk not in new
    ]
    used = {pk for pk in old.keys() & new.keys() if old[pk]["is_offered"] and new[pk]["is_offered"]}
    if [pk for pk in old if pk in used] != [pk for pk in new if pk in used]:
        lines.append(_("The order of the policies is another one."))
    return lines


def _named(line: str, row: Spec) -> str:
    return line % {"name": row["name"]}


def _policy(old: Spec | None, new: Spec, names: Names) -> Iterator[str]:
    if old is None:
        yield _named(_("Policy “%(name)s” was added."), new)
        return
    if old["name"] != new["name"]:
        words = {"old": old["name"], "name": new["name"]}
        yield _("Policy “%(old)s” is called “%(name)s”.") % words
    if old["is_offered"] != new["is_offered"]:
        line = _("Policy “%(name)s” is in use.") if new["is_offered"] else (
            _("Policy “%(name)s” is not in use any more.")
        )  # fmt: skip
        yield _named(line, new)
    for label, was, becomes in _parts(old, new, names):
        if was != becomes:
            words = {"name": new["name"], "part": label, "old": was, "new": becomes}
            yield _("Policy “%(name)s”, %(part)s: %(old)s → %(new)s") % words


def _parts(old: Spec, new: Spec, names: Names) -> Iterator[tuple[str, str, str]]:
    """Each part of a policy in words, before and after."""
    sides = [_fields(row, names) for row in (old, new)]
    for label, was in sides[0].items():
        yield label, was, sides[1][label]
    targets = [_targets(row, names) for row in (old, new)]
    for label in dict.fromkeys([*targets[0], *targets[1]]):
        yield label, targets[0].get(label, _("nothing")), targets[1].get(label, _("nothing"))


def _fields(row: Spec, names: Names) -> dict[str, str]:
    reopening = dict(SlaPolicy.Reopen.choices)
    return {
        _("for whom"): describe(row["conditions"]) if row["conditions"] else _("everybody"),
        _("calendar"): names.calendar(row["calendar"]),
        _("when a ticket is reopened"): str(reopening.get(row["reopen"], row["reopen"])),
        _("minutes left after a change"): str(row["grace_s"] // 60),
        _("chosen anew when the tier changes"): _yes(row["reselects"]),
        _("statuses pause responses"): _yes(row["pauses_response"]),
        _("resolving counts as an answer"): _yes(row["resolving_answers"]),
        _("valid from"): row["valid_from"] or "–",
        _("valid until"): row["valid_until"] or "–",
        _("reason for no deadlines"): row["excluded"] or "–",
    }


def _targets(row: Spec, names: Names) -> dict[str, str]:
    return {_target_label(target, names): _target(target, names) for target in row["targets"]}


def _target_label(target: Spec, names: Names) -> str:
    label = f"{names.priority(target['priority'])}, {metric_name(target['metric'])}"
    if target["when"] != When.ANY:
        label += f" {When(target['when']).label}"
    return label


def _target(target: Spec, names: Names) -> str:
    if target["amount"] is None:
        return _("no promise")
    parts = [short_target(target["amount"], target["unit"])]
    if target.get("calendar") is not None:
        parts.append(names.calendar(target["calendar"]))
    if target.get("ooh_extra_s"):
        extra = short_target(target["ooh_extra_s"] // 60, "minutes")
        parts.append(_("%(extra)s more outside hours") % {"extra": extra})
    if target["thresholds"]:
        parts.append(_("warning at %(times)s") % {"times": ", ".join(target["thresholds"])})
    return ", ".join(parts)


def _queue_changes(before: Spec, after: Spec, names: Names) -> Iterator[str]:
    for pk, old, new in _differing(before, after, "queues"):
        yield _("Target of department “%(name)s”: %(old)s → %(new)s") % {
            "name": names.departments.get(int(pk), "?"),
            "old": _target(old, names) if old else _("nothing"),
            "new": _target(new, names) if new else _("nothing"),
        }


def _exclusion_changes(before: Spec, after: Spec, names: Names) -> Iterator[str]:
    for pk, _old, new in _differing(before, after, "excluded_services"):
        words = {"name": names.services.get(int(pk), "?"), "reason": new}
        if new:
            yield _("Service “%(name)s” has no deadlines: %(reason)s") % words
        else:
            yield _("Service “%(name)s” has deadlines again.") % words


def _calendar_changes(before: Spec, after: Spec, names: Names) -> Iterator[str]:
    for pk, old, _new in _differing(before, after, "calendars"):
        words = {"name": names.calendar(int(pk))}
        line = _("Calendar “%(name)s” has other hours.") if old else (
            _("Calendar “%(name)s” was added.")
        )  # fmt: skip
        yield line % words
    for pk, old, new in _differing(before, after, "department_calendars"):
        yield _("Calendar of department “%(name)s”: %(old)s → %(new)s") % {
            "name": names.departments.get(int(pk), "?"),
            "old": names.calendar(old) if old else _("the default"),
            "new": names.calendar(new) if new else _("the default"),
        }
    old, new = before.get("default_calendar"), after.get("default_calendar")
    if old != new:
        words = {"old": names.calendar(old), "new": names.calendar(new)}
        yield _("Default calendar: %(old)s → %(new)s") % words


def _status_changes(before: Spec, after: Spec, names: Names) -> Iterator[str]:
    for pk, old, new in _differing(before, after, "statuses"):
        paused = ", ".join(metric_name(metric) for metric in new or ()) or _("nothing")
        if (old or []) != (new or []):
            words = {"name": names.statuses.get(int(pk), "?"), "metrics": paused}
            yield _("Status “%(name)s” pauses: %(metrics)s") % words


def _differing(before: Spec, after: Spec, part: str) -> Iterator[tuple[str, Any, Any]]:
    old, new = before.get(part, {}), after.get(part, {})
    for pk in dict.fromkeys([*old, *new]):
        if old.get(pk) != new.get(pk):
            yield pk, old.get(pk), new.get(pk)


def _yes(flag: object) -> str:
    return _("yes") if flag else _("no")
