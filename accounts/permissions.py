"""Who may do what to people: one policy for pages, actions and commands (X-19)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Role, User
from accounts.models.role import Permission


class RefusedByRole(Exception):
    """The actor's role does not reach that far; the text says so to them."""


def grantable(actor: User) -> frozenset[str]:
    """The permissions this person may give to others: no more than their own."""
    if actor.role.is_owner:
        return frozenset(Permission.values)
    return frozenset(actor.role.permissions)


def may_give(role: Role, *, actor: User) -> bool:
    """Whether this person may put somebody into the role."""
    if actor.role.is_owner:
        return True
    return not role.is_owner and grantable(actor).issuperset(role.permissions)


def may_edit_role(role: Role, *, actor: User) -> bool:
    """Nobody edits the own role, owners have no list of rights, customers none at all."""
    is_fixed = role.is_owner or not role.is_staff
    return not is_fixed and role.pk != actor.role_id and may_give(role, actor=actor)


def refuse_reach(user: User, *, actor: User) -> None:
    """Raise RefusedByRole unless this person may change that one."""
    if user.role.is_owner and not actor.role.is_owner:
        raise RefusedByRole(_("Only an owner changes an owner."))


def refuse_role(role: Role, *, actor: User) -> None:
    """Raise RefusedByRole for a role beyond the actor's own."""
    if not may_give(role, actor=actor):
        raise RefusedByRole(_("You can't give a role that may do more than your own."))
