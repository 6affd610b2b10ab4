"""A key of the API is made, and taken along with one press."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.usefixtures("untroubled")


def test_a_new_key_is_copied_with_one_press(visit, owner):
    page = visit("/admin/api_keys/add", user=owner)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_label("Name").fill("Shop")
    page.get_by_label("Read records").check()
    page.get_by_role("button", name="Make the key").click()
    key = page.get_by_label("Key", exact=True).input_value()
    assert re.fullmatch(r"hd_\w+_[\w-]{43}", key)
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == key
