"""The matrix of roles: nobody gives or takes what they do not hold (X-19)."""

from __future__ import annotations

import pytest

from accounts.actions import RefusedByRole, change_permissions, move_people
from accounts.models import Role
from core.models import AuditEntry
from tests.factories import make_role, make_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/roles"


@pytest.fixture
def lead(db) -> Role:
    return Role.objects.create(slug="lead", name="Lead", permissions=["tickets.work"])


def test_matrix_shows_every_staff_role(max_, sign_in, lead):
    page = sign_in(max_).get(PAGE).content.decode()
    assert "Lead: Delete tickets" in page
    assert "Customer:" not in page


def test_boxes_are_saved_and_audited(max_, sign_in, lead):
    boxes = {"shown": [f"{lead.pk}:tickets.work"], "allowed": [f"{lead.pk}:tickets.all"]}
    assert sign_in(max_).post(PAGE, boxes).status_code == 303
    lead.refresh_from_db()
    assert lead.permissions == ["tickets.all"]
    assert AuditEntry.objects.latest("pk").after == {"permissions": ["tickets.all"]}


def test_what_a_colleague_ticked_meanwhile_stays(max_, sign_in, lead):
    change_permissions(lead, added={"audit.read"}, removed=set(), actor=max_)
    boxes = {
        "shown": [f"{lead.pk}:tickets.work"],
        "allowed": [f"{lead.pk}:tickets.work", f"{lead.pk}:tickets.all"],
    }
    sign_in(max_).post(PAGE, boxes)
    lead.refresh_from_db()
    assert lead.permissions == ["tickets.work", "tickets.all", "audit.read"]


def test_nobody_raises_the_own_role(sign_in, lead):
    lead.permissions = ["staff.change"]
    lead.save()
    vera = make_user("Vera", "lead")
    sign_in(vera).post(PAGE, {"allowed": [f"{lead.pk}:settings.change"]})
    lead.refresh_from_db()
    assert lead.permissions == ["staff.change"]


def test_nobody_gives_what_they_do_not_hold(lead):
    lead.permissions = ["staff.change"]
    lead.save()
    vera, helper = make_user("Vera", "lead"), Role.objects.create(slug="h", name="Helper")
    with pytest.raises(RefusedByRole):
        change_permissions(helper, added={"audit.read"}, removed=set(), actor=vera)
    with pytest.raises(RefusedByRole):
        change_permissions(make_role("owner"), added=set(), removed={"audit.read"}, actor=vera)
    with pytest.raises(RefusedByRole):
        change_permissions(make_role("customer"), added={"audit.read"}, removed=set(), actor=vera)


def test_role_in_use_is_removed_with_a_replacement(max_, sign_in, lead):
    vera = make_user("Vera", "lead")
    client = sign_in(max_)
    assert b"1 person" in client.get(f"{PAGE}/{lead.pk}/removal").content
    assert client.post(f"{PAGE}/{lead.pk}/removal").status_code == 409
    agent = make_role("agent")
    answer = client.post(f"{PAGE}/{lead.pk}/removal", {"replacement": agent.pk})
    assert answer.status_code == 303
    vera.refresh_from_db()
    assert vera.role == agent


def test_people_move_to_no_role_beyond_the_actors(max_, lead):
    with pytest.raises(RefusedByRole):
        move_people(lead, to=make_role("owner"), actor=max_)
    with pytest.raises(RefusedByRole):
        move_people(lead, to=make_role("customer"), actor=max_)
    with pytest.raises(RefusedByRole):
        move_people(max_.role, to=lead, actor=max_)


def test_shipped_role_stays(max_, sign_in):
    page = sign_in(max_).post(f"{PAGE}/{make_role('agent').pk}/removal")
    assert page.status_code == 409
    assert Role.objects.filter(slug="agent").exists()


def test_new_role_allows_nothing_yet(max_, sign_in):
    facts = {"name": "Trainee", "slug": "trainee", "permissions": ["settings.change"]}
    assert sign_in(max_).post(f"{PAGE}/add", facts).status_code == 303
    assert Role.objects.get(slug="trainee").permissions == []


def test_agent_sees_no_roles(ada, sign_in):
    assert sign_in(ada).get(PAGE).status_code == 403
