"""Questions about colleagues that rules, assignment and paging ask."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext

from accounts.models import Department, User
from calendars.engine import Calendar
from calendars.versions import calendar_for, current_version_ids


def manager_chain(user: User | None, department: Department | None) -> list[User]:
    """Whom to tell next when this person is stuck: everybody once, nobody twice (rules.md 8).

    The own manager, the department's lead, the support managers, the owners; without the person.
    """
    above = [user.manager] if user and user.manager_id else []
    lead = [department.lead] if department and department.lead_id else []
    heads = Q(role__slug="manager") | Q(role__is_owner=True)
    support = User.objects.staff().filter(heads).order_by("role__is_owner", "name", "pk")
    found = {person.pk: person for person in [*above, *lead, *support] if person is not None}
    return [person for pk, person in found.items() if person.is_staff and person != user]


def is_on_shift(user: User, at: datetime) -> bool:
    """Whether this is within the person's own hours; without a calendar it always is."""
    return user.pk in on_shift([user], at)


def on_shift(users: Iterable[User], at: datetime) -> set[int]:
    """The ids of those whose own hours are now, in one query for all of them."""
    people = list(users)
    if not any(user.shift_calendar_id for user in people):
        return {user.pk for user in people}
    versions = current_version_ids()
    return {
        user.pk
        for user in people
        if is_within(_hours(versions.get(user.shift_calendar_id or 0)), at)
    }


def is_within(hours: Calendar | None, at: datetime) -> bool:
    """Pure: no hours are all hours."""
    return hours is None or hours.is_open(at)


def absence_of(user: User, *, is_on_shift: bool) -> str:
    """Why nobody should be given new work now, in words; empty for those who may."""
    if user.availability != User.Availability.AVAILABLE:
        return str(user.get_availability_display())
    return "" if is_on_shift else gettext("Outside working hours")


def by_phone(number: str) -> User | None:
    """The colleague a text message came from."""
    return User.objects.staff().filter(phone=number).exclude(phone="").order_by("pk").first()


def reports_to(user: User, above: User) -> bool:
    """Whether `above` is this person's manager, or a manager further up."""
    seen: set[int] = set()
    step = user.manager_id
    while step is not None and step not in seen:
        if step == above.pk:
            return True
        seen.add(step)
        step = User.objects.values_list("manager_id", flat=True).get(pk=step)
    return False


def by_shift_calendar(pks: list[Any]) -> dict[Any, int]:
    """How many people keep each of these business hours."""
    rows = User.objects.get_queryset().filter(shift_calendar_id__in=pks).order_by()
    return dict(rows.values_list("shift_calendar_id").annotate(count=Count("pk")))


def by_skill(pks: list[Any]) -> dict[Any, int]:
    """How many people have each of these skills."""
    rows = User.objects.get_queryset().filter(skills__in=pks).order_by().values_list("skills")
    return dict(rows.annotate(count=Count("pk")))


def _hours(version_id: int | None) -> Calendar | None:
    return None if version_id is None else calendar_for(version_id)
