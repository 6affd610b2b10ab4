"""Pages that are reached on the way only, and pages that say no: looked at like all others."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import Page, expect

from accounts.models import Department, User
from tests.browser.conftest import Visit
from tests.browser.looking import complaints
from tests.factories import PASSWORD

LOGIN = "/authentication/login"
FACTOR = "/authentication/two_factor"
WITH_A_FACTOR = {
    "factor-on": FACTOR,
    "factor-codes": f"{FACTOR}/codes",
    "factor-codes-new": f"{FACTOR}/codes/new",
    "factor-removal": f"{FACTOR}/app/removal",
    "factor-asked-again": f"{FACTOR}/reauthenticate",
    "sessions": "/authentication/sessions",
}


def sign_in(page: Page, user: User) -> None:
    page.get_by_label("E-mail").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def code_of_the_app(secret: str) -> str:
    """What the app on the telephone shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


@pytest.mark.usefixtures("untroubled")
def test_way_of_the_second_factor(visit: Visit, max_: User) -> None:
    page = visit(LOGIN)
    sign_in(page, max_)
    page.wait_for_url("**/admin")
    page.goto(f"{FACTOR}/app")
    page.get_by_label("Password").fill(PASSWORD)  # asked again before something delicate
    page.get_by_role("button", name="Go on").click()
    said = {"factor-app": complaints(page, "factor-app")}
    page.get_by_label("Code").fill(code_of_the_app(page.locator("code").inner_text()))
    page.get_by_role("button", name="Switch it on").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Set up")
    for name, path in WITH_A_FACTOR.items():
        page.goto(path)
        assert page.url.endswith(path), f"{name} led to {page.url}"
        said[name] = complaints(page, name)
    second = visit(LOGIN)
    sign_in(second, max_)
    second.wait_for_url(f"**{FACTOR}/check*")
    said["factor-check"] = complaints(second, "factor-check")
    assert {name: found for name, found in said.items() if found} == {}


@pytest.mark.usefixtures("untroubled")
def test_way_of_the_code_by_mail_and_of_a_new_customer(visit: Visit, ada: User) -> None:
    page = visit("/authentication/magic")
    page.get_by_label("E-mail").fill(ada.email)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/magic/code")
    assert complaints(page, "magic-code") == []
    page = visit("/authentication/register")
    page.get_by_label("E-mail").fill("nora@private.example")
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/verify")
    assert complaints(page, "verify") == []


@pytest.mark.usefixtures("untroubled")
def test_first_page_of_all_is_sound(visit: Visit) -> None:
    page = visit("/admin/setup")
    expect(page.get_by_label("Name")).to_be_visible()
    assert complaints(page, "setup") == []


def test_pages_that_say_no_are_sound(visit: Visit, ada: User, technical: Department) -> None:
    """The browser notes 403 and 404 on its console; nothing else is looked for there."""
    assert complaints(visit("/nowhere"), "not-found") == []
    assert complaints(visit("/admin/nowhere", user=ada), "not-found-staff") == []
    page = visit("/admin/departments", user=ada)
    expect(page.get_by_role("heading", level=1)).to_contain_text("not for your role")
    assert complaints(page, "not-allowed") == []


def test_refused_form_is_sound(visit: Visit, max_: User) -> None:
    page = visit("/admin/departments/add", user=max_)
    page.evaluate("document.querySelector('main form').noValidate = true")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    assert complaints(page, "departments-refused") == []
