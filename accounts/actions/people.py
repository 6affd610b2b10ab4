"""Creating and changing people; nobody raises a role above their own (X-19)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.usersessions.models import UserSession
from django.db import connection, transaction
from django.utils.http import base36_to_int
from django.utils.translation import gettext as _

from accounts.events import AvailabilityChanged, DepartmentChanged
from accounts.models import Department, Membership, Role, Skill, User
from accounts.people import reports_to
from accounts.permissions import RefusedByRole, refuse_reach, refuse_role
from calendars.models import BusinessCalendar
from core import audit
from core.events import emit

_MANAGERS = 7_404_002  # a lock of our own: who reports to whom

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
        "phone",
        "gives_back_unanswered",
    }
)
AUDITED = frozenset({"phone"})
STAFF_FIELDS = ("name", "role", "manager", "phone", "is_senior", "shift_calendar")


@dataclass(frozen=True, kw_only=True)
class StaffFacts:
    """What colleagues with the right say about somebody."""

    name: str
    role: Role
    departments: Sequence[Department] = ()
    manager: User | None = None
    phone: str = ""
    skills: Sequence[Skill] = ()
    is_senior: bool = False
    shift_calendar: BusinessCalendar | None = None


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
    before = {field: getattr(user, field) for field in changes}
    for field, value in changes.items():
        setattr(user, field, value)
    user.save(update_fields=list(changes))
    told = {field for field in AUDITED & changes.keys() if before[field] != changes[field]}
    if told:
        old, new = ({key: facts[key] for key in told} for facts in (before, changes))
        audit.record("changed", user, actor=user, before=old, after=new)
    return user


@transaction.atomic
def keep_at_desk(user: User, *, name: str, value: Any) -> User:
    """Remember how somebody likes the agents' pages; None forgets it."""
    user = _locked(user)
    kept = {key: known for key, known in user.desk.items() if key != name}
    user.desk = kept if value is None else {**kept, name: value}
    user.save(update_fields=["desk"])
    return user


@transaction.atomic
def change_staff(user: User, *, facts: StaffFacts, actor: User, now: datetime) -> User:
    """Change what is said about a colleague; a new role ends their sessions (X-24).

    Raises RefusedByRole: for one's own role, for owners unless the actor is one, for the last
    owner, and for a manager who reports to this person.
    Emits DepartmentChanged for each department entered or left, AvailabilityChanged.
    """
    user = _locked(user)
    refuse_reach(user, actor=actor)
    before, eligible = _facts(user), _eligibility(user)
    if facts.role != user.role:
        _refuse_change(user, facts.role, actor)
        end_sessions(user)
    _refuse_circle(user, facts.manager)
    for field in STAFF_FIELDS:
        setattr(user, field, getattr(facts, field))
    user.save(update_fields=STAFF_FIELDS)
    user.skills.set(facts.skills)
    set_departments(user, facts.departments)
    audit.record("changed", user, actor=actor, before=before, after=_facts(user), now=now)
    if eligible != _eligibility(user):
        emit(AvailabilityChanged(user_id=user.pk, now=now))
    return user


@transaction.atomic
def deactivate_user(user: User, *, actor: User, now: datetime) -> User:
    """Lock a colleague out at once; the last owner and oneself stay. Raises RefusedByRole.

    Emits AvailabilityChanged.
    """
    user = _locked(user)
    if user.pk == actor.pk:
        raise RefusedByRole(_("You can't deactivate yourself."))
    refuse_reach(user, actor=actor)
    _keep_an_owner(user)
    went_away = user.is_available
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions(user)
    audit.record("deactivated", user, actor=actor, now=now)
    emit(AvailabilityChanged(user_id=user.pk, now=now, went_away=went_away))
    return user


@transaction.atomic
def activate_user(user: User, *, actor: User, now: datetime) -> User:
    """Let a colleague in again. Raises RefusedByRole. Emits AvailabilityChanged."""
    user = _locked(user)
    refuse_reach(user, actor=actor)
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit.record("activated", user, actor=actor, now=now)
    emit(AvailabilityChanged(user_id=user.pk, now=now))
    return user


def set_departments(user: User, departments: Sequence[Department]) -> None:
    """Make these the departments somebody works in. Emits DepartmentChanged for each change."""
    wanted = {department.pk for department in departments}
    present = set(Membership.objects.filter(user=user).values_list("department_id", flat=True))
    Membership.objects.filter(user=user).exclude(department_id__in=wanted).delete()
    Membership.objects.bulk_create(
        Membership(user=user, department_id=pk) for pk in sorted(wanted - present)
    )
    user.know_departments(sorted(wanted))
    for pk in sorted(wanted ^ present):
        emit(DepartmentChanged(department_id=pk))


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


def _refuse_circle(user: User, manager: User | None) -> None:
    """Two changes at once could close a circle that neither of them sees: one after the other."""
    if manager is None or manager.pk == user.manager_id:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_MANAGERS])
    above = User.objects.get(pk=manager.pk)
    if above == user:
        raise RefusedByRole(_("Nobody is their own manager."))
    if reports_to(above, user):
        words = _("%(manager)s reports to %(name)s already: it can't be the other way round too.")
        raise RefusedByRole(words % {"manager": manager.display_name, "name": user.display_name})


def _facts(user: User) -> dict[str, Any]:
    departments = user.memberships.values_list("department__name", flat=True)
    return {
        "name": user.name,
        "role": user.role.slug,
        "departments": sorted(departments),
        "manager": str(user.manager or ""),
        "phone": user.phone,
        "skills": [str(skill) for skill in user.skills.all()],
        "is_senior": user.is_senior,
        "shift_calendar": str(user.shift_calendar or ""),
    }


def _eligibility(user: User) -> tuple[Any, ...]:
    skills = frozenset(user.skills.values_list("pk", flat=True))
    return (user.is_senior, user.shift_calendar_id, user.role_id, skills)


def _locked(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)
