"""Actions on colleagues: nobody reaches above their own role."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.actions import (
    RefusedByRole,
    StaffFacts,
    activate_user,
    change_profile,
    change_staff,
    deactivate_user,
)
from core.models import AuditEntry
from tests.factories import make_role, make_user

pytestmark = pytest.mark.django_db


def change(user, actor, role, departments=()):
    facts = StaffFacts(name=user.name, role=make_role(role), departments=departments)
    return change_staff(user, facts=facts, actor=actor, now=timezone.now())


def test_manager_moves_an_agent(ada, max_, billing):
    user = change(ada, max_, "manager", [billing])
    assert (user.role.slug, list(user.departments.all())) == ("manager", [billing])
    entry = AuditEntry.objects.latest("pk")
    assert (entry.actor_name, entry.after["role"]) == ("Max", "manager")


def test_nobody_changes_the_own_role(max_):
    with pytest.raises(RefusedByRole):
        change(max_, max_, "agent")


def test_manager_makes_no_owner_and_touches_none(ada, max_, owner):
    with pytest.raises(RefusedByRole):
        change(ada, max_, "owner")
    with pytest.raises(RefusedByRole):
        change(owner, max_, "agent")
    with pytest.raises(RefusedByRole):
        deactivate_user(owner, actor=max_, now=timezone.now())


def test_last_owner_stays(owner):
    other = make_user("Nora", "owner")
    change(other, owner, "manager")
    with pytest.raises(RefusedByRole):
        change(owner, make_user("Vera", "owner", is_active=False), "agent")


def test_deactivating_ends_sessions_and_access(ada, max_, sign_in):
    client = sign_in(ada)
    assert client.get("/admin/profile").status_code == 200
    deactivate_user(ada, actor=max_, now=timezone.now())
    assert client.get("/admin/profile").status_code == 302
    assert activate_user(ada, actor=max_, now=timezone.now()).is_active


def test_profile_takes_only_its_fields(ada):
    assert change_profile(ada, changes={"theme": "dark"}).theme == "dark"
    with pytest.raises(ValueError, match="role"):
        change_profile(ada, changes={"role": make_role("owner")})
