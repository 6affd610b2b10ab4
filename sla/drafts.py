"""Rules that are not in force: what is in force with one thing replaced (N1, N11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Department
from calendars.engine import Calendar
from calendars.models import BusinessCalendar, CalendarVersion
from calendars.versions import engine_spec, house_calendar
from sla.actions.presets import PRESETS, apply_preset
from sla.models import SlaPolicy
from sla.rules import Rules
from sla.versions import spec_in_tables, stored_calendars
from tickets.models import Status

NEW = -1  # what has no row yet: a policy, the version of a calendar


@dataclass(frozen=True, kw_only=True)
class Draft:
    """Rules as versions keep them, calendars without a version, and what is tried in plain words.

    Calendars are named by ids below zero, which no stored version has.
    """

    kind: str
    name: str
    rules: Mapping[str, Any]
    calendars: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Draft:
        """The draft as `to_json` wrote it."""
        return cls(**stored)

    def to_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "rules": dict(self.rules),
            "calendars": dict(self.calendars),
        }

    def compiled(self) -> tuple[Rules, DraftCalendars]:
        """What the planner and the ledger ask."""
        specs = {int(pk): engine_spec(spec) for pk, spec in self.calendars.items()}
        drafted = {pk: Calendar.from_spec(spec) for pk, spec in specs.items()}
        return Rules.from_spec(self.rules), DraftCalendars(drafted)


class DraftCalendars(Mapping[int, Calendar]):
    """Stored calendar versions, and those that are only drafted."""

    def __init__(self, drafted: Mapping[int, Calendar]) -> None:
        self._drafted = drafted

    def __getitem__(self, version_id: int) -> Calendar:
        return self._drafted[version_id] if version_id < 0 else stored_calendars[version_id]

    def __iter__(self) -> Iterator[int]:
        yield from self._drafted
        yield from stored_calendars

    def __len__(self) -> int:
        return len(self._drafted) + len(stored_calendars)


def with_policy(policy: SlaPolicy, spec: Mapping[str, Any]) -> Draft:
    """One policy as its form would save it; a new one comes last, as it would."""
    rules = spec_in_tables()
    if not policy.pk:
        rules["policies"].append({**spec, "id": NEW, "is_offered": policy.is_enabled})
    else:
        rows = rules["policies"]
        rules["policies"] = [dict(spec) if row["id"] == policy.pk else row for row in rows]
    return Draft(kind="policy", name=policy.name, rules=rules)


def with_calendar(calendar: BusinessCalendar, spec: Mapping[str, Any]) -> Draft:
    """A calendar of the tables with other hours."""
    rules = spec_in_tables()
    rules["calendars"][str(calendar.pk)] = NEW
    return Draft(kind="calendar", name=calendar.name, rules=rules, calendars={str(NEW): dict(spec)})


def with_default(calendar: BusinessCalendar) -> Draft:
    """Another calendar for whatever names none."""
    rules = {**spec_in_tables(), "default_calendar": calendar.pk}
    return Draft(kind="default_calendar", name=calendar.name, rules=rules)


def with_status(status: Status, pauses: Iterable[str]) -> Draft:
    """A status that pauses other metrics than it does."""
    rules = spec_in_tables()
    rules["statuses"][str(status.pk)] = list(pauses)
    return Draft(kind="status", name=status.name, rules=rules)


def with_department(department: Department, calendar: BusinessCalendar | None) -> Draft:
    """A department in other hours; without a calendar the default one counts."""
    rules = spec_in_tables()
    rules["department_calendars"].pop(str(department.pk), None)
    if calendar is not None:
        rules["department_calendars"][str(department.pk)] = calendar.pk
    return Draft(kind="department", name=department.name, rules=rules)


def with_preset(slug: str, *, now: datetime) -> Draft:
    """A preset as it would be put in force: it is, and taken back, so that nothing stays.

    Raises KeyError for a preset nobody knows.
    """
    preset = PRESETS[slug]
    with transaction.atomic():
        known = set(CalendarVersion.objects.values_list("pk", flat=True))
        apply_preset(slug, actor=None, now=now)
        rules = spec_in_tables()
        fresh = dict(CalendarVersion.objects.exclude(pk__in=known).values_list("pk", "spec"))
        transaction.set_rollback(True)
    house_calendar.forget()
    # Versions made on the way are gone with it: they live on in the draft only.
    drafted = {pk: -place for place, pk in enumerate(fresh, start=1)}
    rules["calendars"] = {key: drafted.get(pk, pk) for key, pk in rules["calendars"].items()}
    calendars = {str(drafted[pk]): spec for pk, spec in fresh.items()}
    return Draft(kind="preset", name=preset.name, rules=rules, calendars=calendars)
