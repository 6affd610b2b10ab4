"""Changing calendars: each change is a version, the past keeps the one it was counted in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from calendars import differences
from calendars.engine import refuse_never_open
from calendars.events import CalendarChanged, DefaultCalendarChanged
from calendars.models import BusinessCalendar, CalendarVersion
from calendars.versions import engine_spec, fingerprint, house_calendar, stored_spec
from core import audit
from core.events import emit

STEP = 10


class CalendarIsFixed(ValueError):
    """This calendar cannot be changed like that; the text says why."""


@dataclass(frozen=True, kw_only=True)
class CalendarFacts:
    """A calendar as somebody typed it."""

    name: str
    spec: Mapping[str, Any]
    description: str = ""


@transaction.atomic
def save_calendar(
    calendar: BusinessCalendar | None, *, facts: CalendarFacts, actor: Any, now: datetime
) -> BusinessCalendar:
    """Keep a calendar; a new version only if its hours are others. Audited, emits CalendarChanged.

    Raises BadSpec when the hours make no sense or leave it closed for ever, and CalendarIsFixed
    for a built-in one.
    """
    spec = stored_spec(facts.spec)
    refuse_never_open(engine_spec(spec), now)
    row = _named(calendar, facts)
    before = _words(calendar) if calendar else {}
    row.name, row.description = facts.name, facts.description
    row.save()
    _keep_version(row, spec, actor=actor, now=now)
    verb = "changed" if calendar else "created"
    _record(verb, row, before=before, after=_words(row), actor=actor, now=now)
    return row


@transaction.atomic
def make_default(calendar: BusinessCalendar, *, actor: Any, now: datetime) -> BusinessCalendar:
    """Count what names no calendar in this one. Emits DefaultCalendarChanged.

    Raises CalendarIsFixed for an archived one.
    """
    rows = {row.pk: row for row in BusinessCalendar.objects.select_for_update().order_by("pk")}
    row = rows[calendar.pk]
    if row.is_default:
        return row
    if row.archived_at:
        raise CalendarIsFixed(_("It is archived. Take it back into use first."))
    BusinessCalendar.objects.filter(is_default=True).update(is_default=False)
    row.is_default = True
    row.save(update_fields=["is_default"])
    old = next((str(other) for other in rows.values() if other.is_default and other != row), "")
    audit.record(
        "calendar_default", row, actor=actor, before={"default": old},
        after={"default": str(row)}, now=now,
    )  # fmt: skip
    house_calendar.forget()
    emit(DefaultCalendarChanged(calendar=row, actor=actor, now=now))
    return row


def _named(calendar: BusinessCalendar | None, facts: CalendarFacts) -> BusinessCalendar:
    """The locked row, or a new one at the end of the order."""
    if calendar is None:
        last = BusinessCalendar.objects.aggregate(last=Max("position"))["last"] or 0
        return BusinessCalendar(slug=_free_slug(facts.name), position=last + STEP)
    row = BusinessCalendar.objects.select_for_update().get(pk=calendar.pk)
    if row.is_builtin:
        raise CalendarIsFixed(_("This calendar came with the product and stays as it is."))
    return row


def _free_slug(name: str) -> str:
    stem = slugify(name)[:50] or "calendar"
    taken = set(
        BusinessCalendar.objects.filter(slug__startswith=stem).values_list("slug", flat=True)
    )
    numbered = (f"{stem}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (stem, *numbered) if slug not in taken)


def _keep_version(
    row: BusinessCalendar, spec: dict[str, Any], *, actor: Any, now: datetime
) -> None:
    digest = fingerprint(spec)
    newest = row.versions.order_by("-pk").first()
    if newest is not None and newest.sha256 == digest:
        return
    version = CalendarVersion.objects.create(
        calendar=row, spec=spec, sha256=digest, valid_from=now, created_by=audit.user_of(actor)
    )
    house_calendar.forget()
    emit(CalendarChanged(calendar=row, version=version, actor=actor, now=now))


def _words(calendar: BusinessCalendar) -> dict[str, str]:
    row = BusinessCalendar.objects.in_force().get(pk=calendar.pk)
    return {"name": row.name, "description": row.description, **differences.parts(row.spec)}


def _record(
    verb: str, row: BusinessCalendar, *, before: dict[str, str], after: dict[str, str],
    actor: Any, now: datetime,
) -> None:  # fmt: skip
    """One line that holds only what changed."""
    changed = [key for key in {**before, **after} if before.get(key, "") != after.get(key, "")]
    if not changed:
        return
    audit.record(
        verb,
        row,
        actor=actor,
        before={key: before[key] for key in changed if key in before} or None,
        after={key: after.get(key, "") for key in changed},
        now=now,
    )
