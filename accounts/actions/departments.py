"""Changing departments: their row, their addresses, their members."""

from __future__ import annotations

from django.db import transaction

from accounts.events import DepartmentChanged
from accounts.models import Department, DepartmentAddress, Membership, User
from core.events import emit


@transaction.atomic
def save_department(department: Department, *, addresses: list[str]) -> Department:
    """Save a department from its form with its addresses, the first being the primary one.

    A new default takes the flag from the old one. Emits DepartmentChanged.
    """
    if department.is_default:
        Department.objects.filter(is_default=True).exclude(pk=department.pk).update(
            is_default=False
        )
    department.save()
    _set_addresses(department, addresses)
    emit(DepartmentChanged(department_id=department.pk))
    return department


@transaction.atomic
def set_members(department: Department, *, members: list[User]) -> Department:
    """Make these people the members. Emits DepartmentChanged."""
    wanted = {user.pk for user in members}
    department.memberships.exclude(user_id__in=wanted).delete()
    present = set(department.memberships.values_list("user_id", flat=True))
    Membership.objects.bulk_create(
        Membership(department=department, user_id=pk) for pk in sorted(wanted - present)
    )
    emit(DepartmentChanged(department_id=department.pk))
    return department


def _set_addresses(department: Department, addresses: list[str]) -> None:
    department.addresses.exclude(email__in=addresses).delete()
    department.addresses.update(is_primary=False)
    for position, email in enumerate(addresses):
        DepartmentAddress.objects.update_or_create(
            department=department, email=email, defaults={"is_primary": position == 0}
        )
