"""What roles allow, and who holds them."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Invitation, Role, User
from accounts.models.role import Permission
from accounts.permissions import RefusedByRole, grantable, may_edit_role, refuse_role
from core import audit


@transaction.atomic
def change_permissions(
    role: Role, *, added: Collection[str], removed: Collection[str], actor: User
) -> Role:
    """Give a role permissions and take some; what others changed meanwhile stays.

    Raises RefusedByRole for the own role, one beyond it, and rights the actor does not hold.
    """
    role = Role.objects.select_for_update().get(pk=role.pk)
    if not may_edit_role(role, actor=actor):
        raise RefusedByRole(_("You can't change what this role allows."))
    if not grantable(actor).issuperset({*added, *removed}):
        raise RefusedByRole(_("You can only give and take what your own role allows."))
    before = role.permissions
    wanted = {*before, *added}.difference(removed)
    role.permissions = [name for name in Permission.values if name in wanted]
    if role.permissions != before:
        role.save(update_fields=["permissions"])
        after = {"permissions": role.permissions}
        audit.record("changed", role, actor=actor, before={"permissions": before}, after=after)
    return role


@transaction.atomic
def move_people(role: Role, *, to: Role, actor: User) -> None:
    """Put everybody of one role, and those invited to it, into another.

    Raises RefusedByRole for the own role, and when the other one reaches beyond it.
    """
    if role.pk == actor.role_id:
        raise RefusedByRole(_("Nobody changes their own role. Ask another owner or manager."))
    if role.is_staff != to.is_staff:
        raise RefusedByRole(_("Colleagues stay colleagues: choose a role for staff."))
    refuse_role(to, actor=actor)
    User.objects.filter(role=role).update(role=to)
    Invitation.objects.filter(role=role).update(role=to)
