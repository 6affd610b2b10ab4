"""The queue by hand and by keys: a ticket and back, the list beside it, columns, a view kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories import make_ticket
from tickets.models import SavedView, Ticket

QUEUE = "/admin/tickets"


@pytest.fixture
def tickets(cleo, technical) -> list[Ticket]:
    now = timezone.now()
    return [
        make_ticket(
            cleo, technical, subject=f"Case {number}", now=now - timedelta(hours=30 - number)
        )
        for number in range(30)
    ]


def test_back_from_a_ticket_the_list_stands_where_it_stood(visit, untroubled, ada, tickets):
    page = visit(f"{QUEUE}?channel=email", user=ada)
    link = page.get_by_role("link", name="Case 25", exact=True)
    link.scroll_into_view_if_needed()
    top = page.evaluate("scrollY")
    assert top > 0
    link.click()
    page.wait_for_url("**/ticket/**")
    page.locator(".ticket-head .crumbs a").first.click()
    page.wait_for_url(f"**{QUEUE}?*")
    link = page.get_by_role("link", name="Case 25", exact=True)
    expect(link).to_be_focused()
    assert abs(page.evaluate("scrollY") - top) < 60
    assert "channel=email" in page.url


def test_list_beside_the_ticket_is_there_on_wide_screens_only(visit, untroubled, ada, tickets):
    ada.desk = {"beside": True}
    ada.save()
    path = f"{QUEUE}/ticket/{tickets[3].number}?view=attention"
    page = visit(path, user=ada, width=1500)
    pane = page.locator(".pane")
    expect(pane.locator("[aria-current=page]")).to_have_text("Case 3")
    page.keyboard.press("j")
    expect(pane.get_by_role("link", name="Case 4", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Case 4")
    narrow = visit(path, user=ada, width=1280)
    narrow.wait_for_timeout(300)
    expect(narrow.locator(".pane")).to_be_hidden()
    assert narrow.locator(".pane__line").count() == 0


def test_columns_and_a_kept_view(visit, untroubled, ada, tickets):
    page = visit(f"{QUEUE}?channel=email", user=ada)
    page.locator("#view-columns").click()
    page.get_by_label("Tags", exact=True).check()
    page.get_by_label("Compact").check()
    page.get_by_role("button", name="Show it like this").click()
    expect(page.get_by_role("columnheader", name="Tags")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-density", "compact")
    page.locator("#save-view").click()
    page.get_by_label("Name").fill("By mail")
    page.get_by_role("button", name="Save", exact=True).last.click()
    expect(page.locator("h1")).to_have_text("By mail")
    view = SavedView.objects.get()
    assert view.conditions == {"all": [{"field": "channel", "op": "is", "value": "email"}]}
    page.goto("/admin/tickets/views")
    small = visit(f"{QUEUE}?view={view.slug}&channel=email", user=ada, width=320)
    assert small.evaluate("document.documentElement.scrollWidth") <= 320


def test_failed_list_is_kept_and_can_be_tried_again(visit, ada, tickets):
    page = visit(QUEUE, user=ada)
    page.wait_for_load_state("networkidle")
    page.route("**/admin/tickets?*", lambda route: route.fulfill(status=500, body=""))
    page.locator("select[name=channel]").select_option("phone")
    again = page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    assert page.locator("[data-row-link]").count() == 30
    page.unroute("**/admin/tickets?*")
    again.click()
    expect(page.get_by_text("No ticket fits these filters")).to_be_visible()
    expect(again).to_be_hidden()
