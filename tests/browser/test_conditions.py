"""The editor of conditions by hand: rows come and go, controls change, the focus follows."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import Visit
from tests.browser.looking import settled, sideways, small_targets, violations


@pytest.fixture
def editor(settings: Any, visit: Visit, max_: User) -> Page:
    settings.ROOT_URLCONF = "tests.core.test_condition_forms"
    return visit("/rule", user=max_)


@pytest.mark.usefixtures("untroubled")
def test_rows_come_and_go_and_the_focus_follows(editor: Page) -> None:
    editor.get_by_label("Name").fill("My rule")
    editor.get_by_role("button", name="Add condition").click()
    field = editor.locator("#id_when-0-field")
    expect(field).to_be_focused()
    settled(editor)
    field.select_option("subject")
    expect(editor.locator("#id_when-0-value")).to_have_attribute("type", "text")
    expect(field).to_be_focused()
    editor.locator("#id_when-0-value").fill("down, not working")
    editor.get_by_role("button", name="Add group").click()
    expect(editor.locator("#id_when-1-0-field")).to_be_focused()
    expect(editor.locator("#id_when-0-value")).to_have_value("down, not working")
    assert violations(editor) == []
    editor.get_by_role("button", name="Remove condition 1").click()
    expect(editor.locator("#id_when-0-0-field")).to_be_visible()
    expect(editor.get_by_role("button", name="Add condition").last).to_be_focused()
    expect(editor.get_by_label("Name")).to_have_value("My rule")


def test_enter_saves_instead_of_removing_a_row(editor: Page) -> None:
    editor.get_by_label("Name").fill("My rule")
    editor.get_by_role("button", name="Add condition").click()
    expect(editor.locator("#id_when-0-field")).to_be_focused()
    settled(editor)
    editor.locator("#id_when-0-field").select_option("tags")
    words = editor.locator("#id_when-0-value[type=text]")
    expect(words).to_have_attribute("aria-describedby", "id_when-0-hint")
    words.fill("vip")
    with editor.expect_request(lambda request: request.method == "POST") as sent:
        words.press("Enter")
    assert "_remove_condition" not in (sent.value.post_data or "")
    assert "when-0-value" in (sent.value.post_data or "")


@pytest.mark.parametrize("width", [320, 1280])
def test_without_scripts_it_works_the_same(
    settings: Any, visit: Visit, max_: User, width: int
) -> None:
    settings.ROOT_URLCONF = "tests.core.test_condition_forms"
    page = visit("/rule", user=max_, width=width, java_script_enabled=False)
    page.get_by_label("Name").fill("My rule")
    page.get_by_role("button", name="Add condition").click()
    page.locator("#id_when-0-field").select_option("channel")
    page.get_by_role("button", name="Show what can be chosen").click()
    page.locator("#id_when-0-value").select_option("email")
    page.get_by_role("button", name="Add group").click()
    expect(page.locator("#id_when-0-value")).to_have_value("email")
    expect(page.get_by_label("Name")).to_have_value("My rule")


def test_it_fits_a_narrow_screen(settings: Any, visit: Visit, max_: User) -> None:
    settings.ROOT_URLCONF = "tests.core.test_condition_forms"
    page = visit("/rule", user=max_, width=320)
    page.get_by_role("button", name="Add group").click()
    expect(page.locator("#id_when-0-0-field")).to_be_focused()
    assert sideways(page) <= 0
    assert small_targets(page) == []
