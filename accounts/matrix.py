"""Roles as a matrix of checkboxes: what stands where, and what was ticked (screens.md 4)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from accounts.models import Invitation, Role, User
from accounts.models.role import Permission
from accounts.permissions import grantable, may_edit_role


@dataclass(frozen=True)
class Cell:
    """One checkbox: this role and this permission."""

    name: str
    label: str
    is_allowed: bool
    is_fixed: bool


@dataclass(frozen=True)
class Line:
    """One permission across all roles."""

    label: Any
    cells: list[Cell]


@dataclass(frozen=True)
class Change:
    """What the form wants of one role."""

    role: Role
    added: set[str]
    removed: set[str]


def staff_roles() -> list[Role]:
    """The roles of the matrix, the mightiest first."""
    return list(Role.objects.filter(is_staff=True))


def lines(roles: list[Role], *, actor: User) -> list[Line]:
    """The rows of the matrix; boxes the actor may not touch are fixed."""
    mine = grantable(actor)
    editable = {role.pk for role in roles if may_edit_role(role, actor=actor)}
    return [
        Line(
            label,
            [
                _cell(role, name, label, is_editable=role.pk in editable and name in mine)
                for role in roles
            ],
        )
        for name, label in Permission.choices
    ]


def changes(posted: QueryDict, roles: list[Role]) -> list[Change]:
    """The difference between what the form showed and what came back, by role."""
    shown, ticked = set(posted.getlist("shown")), set(posted.getlist("allowed"))
    wanted = [
        Change(role, _named(role, ticked - shown), _named(role, shown - ticked)) for role in roles
    ]
    return [change for change in wanted if change.added or change.removed]


def holders(pks: list[Any]) -> dict[Any, int]:
    """How many people hold each of the roles, or are invited to."""
    held = User.objects.get_queryset().filter(role__in=pks).values_list("role_id", flat=True)
    invited = Invitation.objects.filter(role__in=pks, used_at=None, withdrawn_at=None)
    return Counter([*held, *invited.values_list("role_id", flat=True)])


def _cell(role: Role, name: str, label: Any, *, is_editable: bool) -> Cell:
    return Cell(
        name=f"{role.pk}:{name}",
        label=f"{role}: {label}",
        is_allowed=role.allows(name),
        is_fixed=not is_editable,
    )


def _named(role: Role, keys: set[str]) -> set[str]:
    return {name for name in Permission.values if f"{role.pk}:{name}" in keys}
