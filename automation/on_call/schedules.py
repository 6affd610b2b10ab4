"""Schedules as the pure rota reads them, and the versions a save makes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from automation.models import (
    OnCallRole,
    OnCallSchedule,
    OnCallSeat,
    OnCallShift,
    RotaVersion,
)
from automation.models.on_call import spec_of
from automation.on_call.rota import Override, Plan, Rotation, Turn, who
from core import audit


def plan_of(
    schedule: OnCallSchedule, *, starts_at: datetime, ends_at: datetime | None = None
) -> Plan:
    """The schedule with the overrides that touch the span; two statements."""
    shifts = OnCallShift.objects.filter(role__schedule=schedule, ends_at__gt=starts_at)
    if ends_at is not None:
        shifts = shifts.filter(starts_at__lt=ends_at)
    return Plan(
        rotations=[_rotation(row.spec, row.valid_from) for row in schedule.versions.all()],
        overrides=[
            Override(
                role=row.role_id, person=row.user_id, starts_at=row.starts_at, ends_at=row.ends_at
            )
            for row in shifts
        ],
    )


def on_call(role: OnCallRole, at: datetime) -> User | None:
    """Who is paged in this role at that moment, whether they can be or not."""
    person = who(plan_of(role.schedule, starts_at=at), role.pk, at)
    return None if person is None else User.objects.get_queryset().filter(pk=person).first()


@transaction.atomic
def freeze(schedule: OnCallSchedule, *, now: datetime) -> None:
    """Let the rules as they stand count from now on; what was before stays as it was."""
    OnCallSchedule.objects.select_for_update(of=("self",)).get(pk=schedule.pk)
    spec, last = spec_of(schedule), schedule.versions.last()
    if last is not None and last.spec == spec:
        return
    RotaVersion.objects.create(schedule=schedule, spec=spec, valid_from=now)


@transaction.atomic
def seat_people(role: OnCallRole, *, people: list[User], actor: Any, now: datetime) -> OnCallRole:
    """Save a role with who takes turns in it, in this order. Audited."""
    known = OnCallRole.objects.filter(pk=role.pk).select_related("schedule").first()
    before = _role_facts(known) if known else None
    role.save()
    role.seats.all().delete()
    OnCallSeat.objects.bulk_create(
        OnCallSeat(role=role, user=user, position=number) for number, user in enumerate(people)
    )
    verb = "changed" if known else "created"
    audit.record(verb, role, actor=actor, before=before, after=_role_facts(role), now=now)
    for schedule in {role.schedule, known.schedule} if known else {role.schedule}:
        freeze(schedule, now=now)
    return role


@transaction.atomic
def add_override(
    role: OnCallRole,
    *,
    user: User,
    starts_at: datetime,
    ends_at: datetime,
    actor: Any,
    now: datetime,
) -> OnCallShift:
    """Let `user` stand in. Raises ValidationError for an overlap or a span that ends too early."""
    OnCallRole.objects.select_for_update(of=("self",)).get(pk=role.pk)
    if ends_at <= starts_at:
        raise ValidationError(_("The end must lie after the start."))
    if ends_at <= now:
        raise ValidationError(_("What is past can't be changed."))
    known = OnCallShift.objects.filter(role=role, starts_at__lt=ends_at, ends_at__gt=starts_at)
    if known.exists():
        raise ValidationError(_("Somebody stands in at that time already. Remove that first."))
    shift = OnCallShift.objects.create(
        role=role,
        user=user,
        starts_at=starts_at,
        ends_at=ends_at,
        created_by=audit.user_of(actor),
        created_at=now,
    )
    audit.record("on_call_override_added", role, actor=actor, after=_facts(shift), now=now)
    return shift


@transaction.atomic
def remove_override(shift: OnCallShift, *, actor: Any, now: datetime) -> None:
    """Give the turn back: a running override ends now, one to come is forgotten. Audited.

    Raises ValidationError for one that is over: it is part of the log.
    """
    locked = OnCallShift.objects.select_for_update(of=("self",)).get(pk=shift.pk)
    if locked.ends_at <= now:
        raise ValidationError(_("What is past can't be changed."))
    audit.record(
        "on_call_override_removed", locked.role, actor=actor, before=_facts(locked), now=now
    )
    if locked.starts_at < now:
        locked.ends_at = now
        locked.save(update_fields=["ends_at"])
    else:
        locked.delete()


@transaction.atomic
def swap_turns(first: Turn, *, second: Turn, actor: Any, now: datetime) -> None:
    """Let the people of two turns take each other's. Raises ValidationError where that fails."""
    role = OnCallRole.objects.get(pk=first.role)
    people = User.objects.staff().in_bulk([first.person, second.person])
    if first.person == second.person or len(people) < 2:  # noqa: PLR2004 -- two people swap
        raise ValidationError(_("Choose two turns of different people."))
    for turn, person in ((first, second.person), (second, first.person)):
        add_override(
            role,
            user=people[person],
            starts_at=max(turn.starts_at, now),
            ends_at=turn.ends_at,
            actor=actor,
            now=now,
        )


def people_by_id(ids: Iterable[int | None]) -> dict[int, User]:
    """Everybody named by turns, also those who have left."""
    wanted = {pk for pk in ids if pk is not None}
    return User.objects.get_queryset().in_bulk(wanted)


def _rotation(spec: dict[str, Any], valid_from: datetime) -> Rotation:
    return Rotation(
        zone=ZoneInfo(spec["zone"]),
        weekday=spec["weekday"],
        at=time.fromisoformat(spec["at"]),
        starts_on=date.fromisoformat(spec["starts_on"]),
        roles={int(role): tuple(people) for role, people in spec["roles"].items()},
        valid_from=valid_from,
    )


def _facts(shift: OnCallShift) -> dict[str, Any]:
    return {"person": shift.user, "from": shift.starts_at, "to": shift.ends_at}


def _role_facts(role: OnCallRole) -> dict[str, Any]:
    people = [seat.user.display_name for seat in role.seats.select_related("user")]
    return {"name": role.name, "level": role.level, "people": people}
