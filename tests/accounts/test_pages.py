"""Staff, departments, roles and profile pages."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from accounts.models import Department, User
from core import options
from core.models import AuditEntry
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
    assert client.post("/admin/profile", facts).status_code == 303
    user = User.objects.get(pk=ada.pk)
    assert (user.time_zone, user.theme, user.after_send) == ("Asia/Tokyo", "dark", "next")
    assert b'data-theme="dark"' in client.get("/admin/profile").content


def touch(client, field, value):
    """One control of the profile saves itself, as htmx sends it."""
    facts = {"name": "Ada", "time_zone": "", "theme": "light", "density": "compact"}
    headers = {"HX-Request": "true", "HX-Trigger-Name": field}
    return client.post("/admin/profile", facts | {field: value}, headers=headers)


def test_one_field_saves_itself_and_leaves_the_others(ada, sign_in):
    answer = touch(sign_in(ada), "theme", "dark")
    assert (answer.status_code, "Saved" in answer.headers["HX-Trigger"]) == (204, True)
    ada.refresh_from_db()
    assert (ada.theme, ada.density, ada.after_send) == ("dark", "comfortable", "stay")


def test_bad_zone_is_refused_where_it_was_typed(ada, sign_in):
    page = touch(sign_in(ada), "time_zone", "Moon/Base")
    assert page.status_code == 422
    assert page.content.lstrip().startswith(b"<form")
    assert b'aria-invalid="true"' in page.content
    ada.refresh_from_db()
    assert ada.time_zone == ""


def test_availability_by_button(ada, sign_in):
    sign_in(ada).post("/admin/availability", {"availability": "away"})
    ada.refresh_from_db()
    assert ada.availability == "away"


def test_default_department_stays_default_until_another_takes_over(max_, technical, sign_in):
    facts = department_facts(name="Technical", slug="technical", addresses="tech@company.example")
    client = sign_in(max_)
    form = client.get(f"/admin/departments/{technical.pk}").content.decode()
    facts["version"] = re.search(r'name="version" value="(\w+)"', form)[1]
    page = client.post(f"/admin/departments/{technical.pk}", facts)
    assert page.status_code == 422
    assert b"Mail needs a place" in page.content


def test_another_default_takes_the_flag(max_, technical, sign_in):
    sign_in(max_).post("/admin/departments/add", department_facts(is_default="on"))
    technical.refresh_from_db()
    assert not technical.is_default


def test_company_page_changes_the_zone_of_everybody(max_, sign_in):
    client = sign_in(max_)
    assert client.get("/admin/company").status_code == 200
    facts = {
        "accounts-company_name": "Kettle & Crane",
        "accounts-support_email": "",
        "accounts-time_zone": "Asia/Tokyo",
        "accounts-language": "en",
        "accounts-portal_signup": "on",
        "accounts-sign_in_failures": "10",
    }
    assert client.post("/admin/company", facts).status_code == 303
    assert options.value("accounts.company_name") == "Kettle & Crane"
    max_.refresh_from_db()
    assert str(max_.zone) == "Asia/Tokyo"
    assert AuditEntry.objects.filter(verb="option_changed").count() == 2


def test_company_page_refuses_what_an_option_refuses(max_, sign_in):
    page = sign_in(max_).post("/admin/company", {"accounts-sign_in_failures": "1"})
    assert page.status_code == 422
    assert b'aria-invalid="true"' in page.content


def test_agent_sees_no_company_page(ada, sign_in):
    assert sign_in(ada).get("/admin/company").status_code == 403


@pytest.mark.parametrize(
    ("asked", "language"), [("de-AT,en;q=0.5", b"de"), ("fr", b"en"), ("", b"en")]
)
def test_page_speaks_the_browsers_language(client, settings, asked, language):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    page = client.get("/authentication/login", headers={"Accept-Language": asked})
    assert b'<html lang="%s"' % language in page.content
    assert "Accept-Language" in page.headers["Vary"]


def test_who_may_hold_api_keys_finds_them_from_the_profile(ada, owner, sign_in):
    """A-14"""
    assert b'href="/admin/api_keys"' in sign_in(owner).get("/admin/profile").content
    assert b"/admin/api_keys" not in sign_in(ada).get("/admin/profile").content
