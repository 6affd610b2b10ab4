"""Creating and changing people; nobody raises a role above their own (X-19)."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.http import base36_to_int
from django.utils.translation import gettext as _

from accounts.models import Department, Membership, Role, User
from accounts.permissions import RefusedByRole, refuse_reach, refuse_role
from core import audit

PROFILE_FIELDS = frozenset(
    {
        "name",
        "signature",
        "time_zone",
        "language",
        "density",
        "theme",
        "single_key_shortcuts",
        "after_send",
    }
)


@transaction.atomic
def create_user(email: str, *, name: str, role: Role, password: str | None = None) -> User:
    """A person who signs in; raises IntegrityError when the address has an account."""
    return User.objects.create_user(email, password, name=name.strip(), role=role)


@transaction.atomic
def change_profile(user: User, *, changes: dict[str, Any]) -> User:
    """Change what people set about themselves; anything else in `changes` raises ValueError."""
    unknown = changes.keys() - PROFILE_FIELDS
    if unknown:
        raise ValueError(f"not a field of the profile: {sorted(unknown)}")
    user = _locked(user)
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=list(changes))
    return user


@transaction.atomic
def set_availability(user: User, *, availability: str) -> User:
    """Available, away, or do not disturb. Raises ValueError on anything else."""
    if availability not in User.Availability.values:
        raise ValueError(availability)
    user = _locked(user)
    user.availability = availability
    user.save(update_fields=["availability"])
    return user


@transaction.atomic
def change_staff(
    user: User, *, name: str, role: Role, departments: list[Department], actor: User
) -> User:
    """Change a colleague's name, role and departments; a new role ends their sessions (X-24).

    Raises RefusedByRole: for one's own role, for owners unless the actor is one, and for the
    last owner.
    """
    user = _locked(user)
    refuse_reach(user, actor=actor)
    before = _facts(user)
    if role != user.role:
        _refuse_change(user, role, actor)
        end_sessions(user)
    user.name, user.role = name.strip(), role
    user.save(update_fields=["name", "role"])
    _set_departments(user, departments)
    audit.record("changed", user, actor=actor, before=before, after=_facts(user))
    return user


@transaction.atomic
def deactivate_user(user: User, *, actor: User) -> User:
    """Lock a colleague out at once; the last owner and oneself stay. Raises RefusedByRole."""
    user = _locked(user)
    if user.pk == actor.pk:
        raise RefusedByRole(_("You can't deactivate yourself."))
    refuse_reach(user, actor=actor)
    _keep_an_owner(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    audit.record("deactivated", user, actor=actor)
    return user


@transaction.atomic
def activate_user(user: User, *, actor: User) -> User:
    """Let a colleague in again. Raises RefusedByRole."""
    user = _locked(user)
    refuse_reach(user, actor=actor)
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record("activated", user, actor=actor)
    return user


def end_sessions(user: User, *, but: str = "") -> None:
    """Sign the person out everywhere; `but` is the key of a session that stays."""
    for session in UserSession.objects.filter(user=user).exclude(session_key=but):
        session.end()


def lock_account(uidb36: str) -> None:
    """Hold the account behind a mailed link until this transaction ends; unknown ones are none."""
    with suppress(ValueError):
        list(User.objects.select_for_update(of=("self",)).filter(pk=base36_to_int(uidb36)))


def end_session(user: User, *, pk: int) -> bool:
    """Sign the person out on one device; whether there was such a one of theirs."""
    session = UserSession.objects.filter(user=user, pk=pk).first()
    if session is not None:
        session.end()
    return session is not None


def _refuse_change(user: User, role: Role, actor: User) -> None:
    if user.pk == actor.pk:
        raise RefusedByRole(_("Nobody changes their own role. Ask another owner or manager."))
    refuse_role(role, actor=actor)
    if not role.is_owner:
        _keep_an_owner(user)


def _keep_an_owner(user: User) -> None:
    if not user.role.is_owner:
        return
    # Owners are locked, so that two of them cannot demote each other at once.
    owners = list(
        User.objects.owners().select_for_update(of=("self",)).values_list("pk", flat=True)
    )
    if owners == [user.pk]:
        raise RefusedByRole(_("This is the last owner. Make somebody else an owner first."))


def _set_departments(user: User, departments: list[Department]) -> None:
    wanted = {department.pk for department in departments}
    Membership.objects.filter(user=user).exclude(department_id__in=wanted).delete()
    present = set(Membership.objects.filter(user=user).values_list("department_id", flat=True))
    Membership.objects.bulk_create(
        Membership(user=user, department_id=pk) for pk in sorted(wanted - present)
    )


def _facts(user: User) -> dict[str, Any]:
    departments = user.memberships.values_list("department__name", flat=True)
    return {"name": user.name, "role": user.role.slug, "departments": sorted(departments)}


def _locked(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)
