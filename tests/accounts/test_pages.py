"""Staff, departments, roles and profile pages."""

from __future__ import annotations

import pytest
from django.core import mail

from accounts.models import Department, Role, User
from tests.factories import make_role

pytestmark = pytest.mark.django_db


def test_manager_invites_by_form(max_, technical, sign_in, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    facts = {
        "email": "n@company.example",
        "name": "Nina",
        "role": make_role("agent").pk,
        "departments": [technical.pk],
    }
    assert sign_in(max_).post("/admin/staff/invite", facts).status_code == 302
    assert mail.outbox[0].to == ["n@company.example"]


def test_bad_invitation_is_marked(max_, sign_in):
    page = sign_in(max_).post("/admin/staff/invite", {"email": "no", "name": "", "role": ""})
    assert page.status_code == 422
    assert page.content.count(b'aria-invalid="true"') == 3


def test_manager_changes_a_colleague(max_, ada, billing, sign_in):
    facts = {"name": "Ada L.", "role": ada.role_id, "departments": [billing.pk]}
    assert sign_in(max_).post(f"/admin/staff/{ada.pk}", facts).status_code == 302
    ada.refresh_from_db()
    assert (ada.name, list(ada.departments.all())) == ("Ada L.", [billing])


def test_colleague_with_posted_extras_is_not_raised(max_, ada, sign_in):
    """X-18"""
    facts = {"name": "Ada", "role": ada.role_id, "is_superuser": "1", "is_active": ""}
    sign_in(max_).post(f"/admin/staff/{ada.pk}", facts)
    ada.refresh_from_db()
    assert not ada.is_superuser
    assert ada.is_active


def department_facts(**changes):
    facts = {
        "name": "Orders",
        "slug": "orders",
        "addresses": "orders@company.example\nshop@company.example",
        "sends_receipts": "on",
    }
    return facts | changes


def test_department_is_added_with_addresses_and_members(max_, ada, sign_in):
    client = sign_in(max_)
    answer = client.post("/admin/departments/add", department_facts(members=[ada.pk]))
    assert answer.status_code in (302, 303), answer.content
    orders = Department.objects.get(slug="orders")
    assert orders.address == "orders@company.example"
    assert list(orders.members.all()) == [ada]
    assert b"shop@company.example" in client.get("/admin/departments").content


def test_address_of_another_department_is_refused(max_, technical, sign_in):
    page = sign_in(max_).post(
        "/admin/departments/add", department_facts(addresses="tech@company.example")
    )
    assert page.status_code == 422
    assert b"belongs to another department" in page.content


def test_agent_may_not_change_departments(ada, sign_in):
    assert sign_in(ada).get("/admin/departments").status_code == 403


def test_role_gets_permissions(max_, sign_in):
    facts = {"name": "Lead", "slug": "lead", "permissions": ["tickets.work", "tickets.all"]}
    assert sign_in(max_).post("/admin/roles/add", facts).status_code in (302, 303)
    assert Role.objects.get(slug="lead").permissions == ["tickets.work", "tickets.all"]


def test_profile_saves_and_shows_the_own_time(ada, sign_in):
    client = sign_in(ada)
    facts = {
        "name": "Ada",
        "time_zone": "Asia/Tokyo",
        "theme": "dark",
        "density": "compact",
        "after_send": "next",
        "single_key_shortcuts": "on",
    }
    assert client.post("/admin/profile", facts).status_code == 302
    user = User.objects.get(pk=ada.pk)
    assert (user.time_zone, user.theme, user.after_send) == ("Asia/Tokyo", "dark", "next")
    assert b'data-theme="dark"' in client.get("/admin/profile").content


def test_bad_zone_is_refused(ada, sign_in):
    page = sign_in(ada).post(
        "/admin/profile",
        {
            "name": "Ada",
            "time_zone": "Moon/Base",
            "theme": "dark",
            "density": "compact",
            "after_send": "next",
        },
    )
    assert page.status_code == 422


def test_availability_by_button(ada, sign_in):
    sign_in(ada).post("/admin/availability", {"availability": "away"})
    ada.refresh_from_db()
    assert ada.availability == "away"
