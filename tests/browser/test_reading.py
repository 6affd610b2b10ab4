"""Queue and ticket as people set their screens: large text, strong colours, no motion, wide, narrow (screens.md 7)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Department, User
from customers.models import Customer
from tests.browser.conftest import Visit
from tests.browser.looking import covered_on_the_way, enlarged, sideways
from tests.factories import make_note, make_reply, make_ticket
from tickets.models import Ticket

QUEUE = "/admin/tickets"
MOVING = """() => [...document.querySelectorAll("*")].filter(one => {
    const style = getComputedStyle(one);
    return [style.transitionDuration, style.animationDuration].some(text =>
        text.split(",").some(part => parseFloat(part) > 0.01)); }).map(one => one.className)"""
EDGES = """() => [...document.querySelectorAll("main .badge")].filter(one => one.checkVisibility())
    .map(one => [getComputedStyle(one).borderTopStyle, one.querySelector("svg") !== null])"""

pytestmark = pytest.mark.usefixtures("untroubled")


@pytest.fixture
def tickets(ada: User, cleo: Customer, technical: Department) -> list[Ticket]:
    opened = [make_ticket(cleo, technical, subject=f"Boiler {n}") for n in range(25)]
    make_reply(opened[0], ada)
    make_note(opened[0], ada)
    return opened


def both(visit: Visit, user: User, tickets: list[Ticket], width: int) -> list[Page]:
    paths = (QUEUE, f"{QUEUE}/ticket/{tickets[0].number}")
    pages = [visit(path, user=user, width=width) for path in paths]
    for page in pages:
        page.wait_for_load_state("networkidle")
    return pages


@pytest.mark.parametrize("width", [640, 320])
def test_a_page_magnified_twice_and_four_times_stays_on_the_screen(visit, ada, tickets, width):
    """Magnifying a window of 1280 px leaves so many to the page (WCAG 1.4.4, 1.4.10)."""
    for page in both(visit, ada, tickets, width):
        assert sideways(page) <= 0


def test_letters_twice_as_large_are_neither_cut_nor_beside_the_screen(visit, ada, tickets):
    """Every other page is looked at so too: `complaints` asks the same (WCAG 1.4.4)."""
    for page in both(visit, ada, tickets, 1280):
        assert enlarged(page) == []


def test_nothing_moves_for_who_wants_it_still_and_badges_keep_their_edges(visit, ada, tickets):
    for page in both(visit, ada, tickets, 1280):
        page.emulate_media(reduced_motion="reduce", forced_colors="active")
        assert page.evaluate(MOVING) == []
        edges = page.evaluate(EDGES)
        assert edges
        assert all(style == "solid" and has_glyph for style, has_glyph in edges)


@pytest.mark.parametrize("width", [1440, 2560])
def test_list_and_ticket_stand_beside_each_other(visit, ada, tickets, width):
    ada.desk = {"beside": True}
    ada.save()
    page = visit(f"{QUEUE}/ticket/{tickets[3].number}?view=attention", user=ada, width=width)
    expect(page.locator(".pane [aria-current=page]")).to_have_text("Boiler 3")
    boxes = [page.locator(part).bounding_box() for part in (".pane", "#main", ".desk__aside")]
    assert all(boxes)
    ends = [(box["x"], box["x"] + box["width"]) for box in boxes if box]
    assert all(left[1] <= right[0] + 1 for left, right in pairwise(ends))
    assert sideways(page) <= 0


def test_focus_is_never_below_the_bar_of_the_selection(visit, ada, tickets):
    page = visit(QUEUE, user=ada)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".bulk")).to_be_visible()
    assert covered_on_the_way(page, tabs=60) == []
