"""Choosing many tickets and changing them, as agents do it with a mouse and with keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import complaints, violations
from tests.factories import make_ticket, make_user
from tickets.models import Ticket

untroubled = pytest.mark.usefixtures("untroubled")
BOXES = "[data-row-check]"


@pytest.fixture
def tickets(ada, cleo, technical) -> list[Ticket]:
    return [make_ticket(cleo, technical, subject=f"Machine {n}") for n in range(5)]


def select(page: Page, what: str) -> None:
    page.evaluate("w => document.dispatchEvent(new CustomEvent('hd:select', {detail: w}))", what)


def assigned() -> int:
    return Ticket.objects.exclude(assignee=None).count()


@untroubled
def test_a_range_is_given_to_a_colleague_and_taken_back(visit, ada, technical, tickets):
    make_user("Carl", "agent", technical)
    page = visit("/admin/tickets", user=ada)
    bar = page.get_by_role("toolbar", name="Actions for the selected tickets")
    expect(bar).to_be_hidden()
    page.locator(BOXES).nth(0).click()
    page.locator(BOXES).nth(3).click(modifiers=["Shift"])
    expect(bar.get_by_text("4 selected")).to_be_visible()
    bar.get_by_role("button", name="Assign").click()
    page.get_by_role("button", name="Carl").click()
    toast = page.locator("flash-toast").filter(has_text="4 changed")
    expect(toast).to_be_visible()
    expect(bar).to_be_hidden()
    assert assigned() == 4
    toast.get_by_role("button", name="Undo").click()
    expect(page.locator("flash-toast").filter(has_text="4 changed")).to_be_visible()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert assigned() == 0


@untroubled
def test_the_form_serves_again_and_the_list_is_shown_anew(visit, ada, tickets):
    page = visit("/admin/tickets", user=ada)
    for left in (4, 3):
        page.locator(BOXES).first.click()
        page.get_by_role("button", name="More actions").last.click()
        page.locator("#bulk-rest").get_by_role("button", name="Close", exact=True).click()
        expect(page.locator(BOXES)).to_have_count(left)
    assert Ticket.objects.open().count() == 3


@untroubled
def test_the_selection_survives_the_way_to_a_ticket_and_escape_ends_it(visit, ada, tickets):
    page = visit("/admin/tickets", user=ada)
    page.locator(BOXES).nth(1).click()
    page.locator(BOXES).nth(2).click()
    page.locator("[data-row-link]").first.click()
    page.wait_for_url("**/ticket/**")
    page.go_back()
    expect(page.get_by_role("toolbar").get_by_text("2 selected")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("toolbar", name="Actions for")).to_be_hidden()
    assert page.locator(f"{BOXES}:checked").count() == 0


@untroubled
def test_by_keys_alone(visit, ada, tickets):
    page = visit("/admin/tickets", user=ada)
    page.keyboard.press("j")
    select(page, "row")
    page.locator("[data-row-link]").nth(2).focus()
    select(page, "range")
    expect(page.get_by_role("toolbar").get_by_text("3 selected")).to_be_visible()
    page.locator("#bulk-priority").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[popover]:popover-open button:focus")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page.locator("flash-toast").filter(has_text="3 changed")).to_be_visible()
    assert Ticket.objects.filter(priority_rank=1).count() == 3


@untroubled
def test_all_that_match_and_without_scripts(visit, ada, tickets):
    page = visit("/admin/tickets", user=ada, java_script_enabled=False)
    page.locator(BOXES).first.check()
    page.get_by_label("All that match").check()
    page.get_by_role("button", name="Tags").click()
    page.get_by_label("Tags, parted by commas").fill("leak")
    page.get_by_role("button", name="Add tags").click()
    expect(page.get_by_role("heading", name="5 changed")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="5 changed")).to_be_visible()
    assert not Ticket.objects.filter(tags__name="leak").exists()


@untroubled
def test_the_bar_and_its_menus_are_sound(visit, max_, tickets, billing):
    page = visit("/admin/tickets", user=max_)
    page.locator(BOXES).first.click()
    assert complaints(page, "desk-queue-selected") == []
    for menu in ("bulk-department", "bulk-tags", "bulk-more"):
        page.locator(f"#{menu}").click()
        assert violations(page) == []
        page.keyboard.press("Escape")


def test_a_refusal_keeps_the_selection_and_the_note(visit, max_, tickets, billing):
    page = visit("/admin/tickets", user=max_)
    page.locator(BOXES).first.click()
    page.locator("#bulk-department").click()
    page.get_by_label("Department", exact=True).last.select_option("Billing")
    page.get_by_role("button", name="Hand over").click()
    expect(page.locator("flash-toast").filter(has_text="required")).to_be_visible()
    expect(page.get_by_role("toolbar").get_by_text("1 selected")).to_be_visible()
    page.locator("#bulk-department").click()
    page.get_by_label("Hand-over note").fill("Yours.")
    page.get_by_role("button", name="Hand over").click()
    expect(page.locator("flash-toast").filter(has_text="1 changed")).to_be_visible()


@untroubled
def test_one_line_is_taken_by_the_button_of_the_key(visit, ada, tickets):
    page = visit("/admin/tickets", user=ada)
    page.keyboard.press("j")
    page.evaluate("document.querySelector('#bulk-take').click()")
    expect(page.locator("flash-toast").filter(has_text="1 changed")).to_be_visible()
    page.evaluate("document.querySelector('#bulk-status').click()")
    expect(page.locator("#bulk-statuses")).to_be_hidden()
    assert assigned() == 1


@untroubled
@pytest.mark.parametrize("width", [390, 320])
def test_on_a_phone_a_ticket_is_chosen_without_scrolling_sideways(visit, ada, tickets, width):
    page = visit("/admin/tickets", user=ada)
    page.set_viewport_size({"width": width, "height": 780})
    page.locator(BOXES).nth(1).click()
    bar = page.get_by_role("toolbar", name="Actions for the selected tickets")
    expect(bar.get_by_text("1 selected")).to_be_visible()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(wide) == 0
