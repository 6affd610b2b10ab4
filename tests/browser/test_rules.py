"""A manager writes a policy in a browser, with scripts and without, and sees what it promises."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from sla.models import SlaPolicy
from tests.browser.conftest import Visit
from tests.browser.looking import complaints


def write_policy(page: Page) -> None:
    page.get_by_label("Name").fill("Harbour")
    page.get_by_label("Any other priority: Resolution", exact=True).fill("four")
    page.get_by_text("More: special targets").click()
    first = page.get_by_role("group", name="Line 1")
    first.get_by_label("Promise").select_option("Update")
    first.get_by_label("Time", exact=False).first.fill("2")
    page.get_by_role("button", name="More lines").click()
    expect(page.get_by_role("group", name="Line 2")).to_be_visible()


@pytest.mark.usefixtures("technical")
@pytest.mark.parametrize("has_scripts", [True, False])
def test_manager_writes_a_policy_and_tries_it(
    visit: Visit, max_: User, *, has_scripts: bool
) -> None:
    page = visit("/admin/sla/add", user=max_, java_script_enabled=has_scripts)
    write_policy(page)
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_text("Write a whole number, such as 4").first).to_be_visible()
    if has_scripts:
        assert complaints(page, "sla_policy-refused") == []
    page.get_by_label("Any other priority: Resolution", exact=True).fill("4")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.get_by_role("row", name="Harbour")).to_contain_text("Update 2 h · Resolution 4 h")
    assert SlaPolicy.objects.get().targets.count() == 2
    page.goto("/admin/sla/simulator")
    page.get_by_role("button", name="Show the deadlines").click()
    expect(page.get_by_text("policy Harbour, priority Medium").first).to_be_visible()
