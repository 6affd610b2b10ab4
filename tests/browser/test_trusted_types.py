"""Pages keep to Trusted Types while htmx swaps, and a script made of a string is noticed (X-52)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Visit
from tests.security.stage import set_the_stage

WATCH = """
window.broken = [];
addEventListener('securitypolicyviolation', e => broken.push(`${e.effectiveDirective} ${e.sample}`));
"""


@pytest.fixture
def watched(visit: Visit):
    """Visits that note every policy that was broken, also those only reported."""

    def open_page(path: str, user) -> Page:
        page = visit("/healthz", user=user)
        page.context.add_init_script(WATCH)
        page.goto(path, wait_until="load")
        return page

    return open_page


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_x52_htmx_swaps_without_breaking_trusted_types(watched):
    stage = set_the_stage()
    page = watched("/admin/tickets", stage.manager)
    with page.expect_response(lambda answer: "tag=none" in answer.url):
        page.get_by_role("searchbox", name="Tag").fill("none")
    page.get_by_text("No ticket fits these filters").wait_for()
    assert page.evaluate("broken") == []
    page.goto(f"/admin/tickets/ticket/{stage.ticket.number}", wait_until="load")
    page.locator("#composer .composer__tab--note").click()
    page.fill("#composer textarea", "Swapped in by htmx.")
    page.get_by_role("button", name="Add note").click()
    page.locator(".message--note").get_by_text("Swapped in by htmx.").wait_for()
    assert page.evaluate("broken") == []


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_x52_script_made_of_a_string_is_noticed(watched):
    page = watched("/admin/tickets", set_the_stage().manager)
    page.evaluate("document.createElement('script').text = 'window.__ran = 1'")
    assert [line for line in page.evaluate("broken") if "trusted-types" in line]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_x52_another_policy_is_noticed(watched):
    page = watched("/admin/tickets", set_the_stage().manager)
    page.evaluate("trustedTypes.createPolicy('evil', { createHTML: html => html })")
    assert [line for line in page.evaluate("broken") if "trusted-types" in line]
