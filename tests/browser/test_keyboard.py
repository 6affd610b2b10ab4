"""The day of an agent without a mouse: the ten most frequent tasks, and every key that leads there (screens.md 2)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Department, User
from core.memo import forget_all
from customers.models import Customer
from tests.browser.conftest import Visit
from tests.factories import make_ticket, make_user
from tickets.actions.predefined import ReplyFacts, save_predefined
from tickets.models import Message, Ticket
from tickets.search import write_stale_documents

QUEUE = "/admin/tickets"
TEXT = "#id_text"

pytestmark = pytest.mark.usefixtures("untroubled")


@pytest.fixture
def tickets(ada: User, cleo: Customer, technical: Department) -> list[Ticket]:
    forget_all()
    now = timezone.now()
    opened = [
        make_ticket(cleo, technical, subject=f"Boiler {n}", now=now - timedelta(hours=9 - n))
        for n in range(5)
    ]
    while write_stale_documents(now + timedelta(minutes=1)):
        pass
    return opened


@pytest.fixture
def queue(visit: Visit, ada: User, tickets: list[Ticket]) -> Iterator[Page]:
    page = visit(QUEUE, user=ada)
    page.wait_for_load_state("networkidle")
    yield page
    page.wait_for_load_state("networkidle")


@pytest.fixture
def at(visit: Visit, ada: User, tickets: list[Ticket]) -> Iterator[Page]:
    """The ticket in the middle of the view."""
    page = visit(f"{QUEUE}/ticket/{tickets[2].number}?view=attention", user=ada)
    page.wait_for_load_state("networkidle")
    yield page
    page.wait_for_load_state("networkidle")


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def told(page: Page, words: str) -> None:
    expect(page.locator("flash-toast").filter(has_text=words).first).to_be_visible()


@pytest.mark.parametrize("opener", ["Enter", "o"])
def test_rows_are_walked_and_opened(queue, opener):
    keys(queue, "j", "j", "k", "j", opener)
    expect(queue.locator("h1")).to_have_text("Boiler 1")


def test_rows_are_selected_one_a_range_and_the_page(queue):
    count = queue.locator("[data-row-check]:checked")
    keys(queue, "j", "x")
    expect(count).to_have_count(1)
    keys(queue, "j", "j", "Shift+X")
    expect(count).to_have_count(3)
    keys(queue, "*", "a")
    expect(count).to_have_count(5)
    keys(queue, "Escape")
    expect(count).to_have_count(0)


def test_selected_tickets_change_status_priority_and_assignee(queue, technical):
    make_user("Zoe", "agent", technical)
    forget_all()
    queue.reload()
    queue.wait_for_load_state("networkidle")
    for key, choice in (("p", "u"), ("s", "o"), ("a", "z")):
        keys(queue, "j", "x", "j", "Shift+X", key)
        expect(queue.locator("[popover]:popover-open button:focus")).to_be_visible()
        keys(queue, choice, "Enter")
        told(queue, "2 changed")
        queue.reload()
        queue.wait_for_load_state("networkidle")
    changed = Ticket.objects.filter(priority_rank=1)
    assert changed.count() == 2
    assert {row.assignee.name for row in changed} == {"Zoe"}


def test_selected_tickets_get_tags_and_another_department(billing, queue):
    keys(queue, "j", "x", "t")
    queue.keyboard.type("leak")
    keys(queue, "Tab", "Enter")
    told(queue, "1 changed")
    queue.reload()
    queue.wait_for_load_state("networkidle")
    keys(queue, "j", "x", "d")
    expect(queue.locator("#bulk-department-choice")).to_be_focused()
    queue.keyboard.type("Bil")
    keys(queue, "Tab")
    queue.keyboard.type("Yours.")
    keys(queue, "Tab", "Enter")
    told(queue, "1 changed")
    assert Ticket.objects.filter(tags__name="leak").count() == 1
    assert Ticket.objects.filter(department=billing).count() == 1


def test_a_reply_is_written_and_sent(at, tickets):
    keys(at, "r")
    at.keyboard.type("An engineer comes.")
    keys(at, "Control+Enter")
    expect(at.locator("#thread")).to_contain_text("An engineer comes.")
    assert Message.objects.filter(kind="reply").count() == 1
    assert Ticket.objects.get(pk=tickets[2].pk).status.slug == "answered"


def test_a_reply_closes_and_a_note_stays_inside(at, tickets):
    keys(at, "n")
    at.keyboard.type("Called the engineer.")
    keys(at, "Control+Enter")
    expect(at.locator(".message--note")).to_contain_text("Called the engineer.")
    at.wait_for_load_state("networkidle")
    at.evaluate("document.activeElement.blur()")
    keys(at, "r")
    at.keyboard.type("Done.")
    keys(at, "Control+Shift+Enter")
    expect(at.locator("#close-ticket")).to_contain_text("Reopen")


def test_f_writes_to_a_third_party(at):
    keys(at, "f")
    expect(at.locator("[name=kind][value=forward]")).to_be_checked()
    expect(at.locator(TEXT)).to_be_focused()


def test_a_predefined_reply_is_picked(at, max_):
    facts = ReplyFacts(
        fields={"name": "Boiler swap", "shortcut": "swap"}, texts=[("en", "Solved.")]
    )
    save_predefined(None, facts=facts, actor=max_, now=timezone.now())
    keys(at, "/")
    at.keyboard.type("swap")
    keys(at, "Enter")
    expect(at.locator(TEXT)).to_have_value("Solved.")


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("s", "#property-status"),
        ("p", "#property-priority"),
        ("a", "#property-assignee"),
        ("d", "#property-department"),
        ("t", "#id_tags"),
    ],
)
def test_a_key_leads_to_its_property(at, key, place):
    keys(at, key)
    expect(at.locator(place)).to_be_focused()


def test_a_property_changes_by_its_first_letters(at, tickets):
    keys(at, "p")
    at.keyboard.type("Low")
    expect(at.locator("#ticket-head .priority__word")).to_have_text("Low")
    keys(at, "Escape")


def test_snoozed_taken_closed_and_on_to_the_next(at, tickets):
    keys(at, "i")
    expect(at.locator("#property-assignee")).to_have_value(re.compile(r"\d"))
    at.wait_for_load_state("networkidle")
    keys(at, "z", "Enter")
    expect(at.locator(".ticket-head")).to_contain_text("Snoozed until")
    at.wait_for_load_state("networkidle")
    keys(at, "e")
    expect(at.locator("#close-ticket")).to_contain_text("Reopen")


def test_next_and_previous_in_the_view(at, tickets):
    keys(at, "Shift+Period")
    expect(at.locator("h1")).to_have_text("Boiler 3")
    at.wait_for_load_state("networkidle")
    keys(at, "Shift+Comma")
    expect(at.locator("h1")).to_have_text("Boiler 2")


def test_a_duplicate_is_merged(at, tickets):
    keys(at, "m")
    expect(at.locator("input[type=search][autofocus]")).to_be_focused()
    at.keyboard.type("Boiler 4")
    expect(at.locator("#found a")).to_have_count(1)
    keys(at, "Tab")
    expect(at.locator("#found a")).to_be_focused()
    keys(at, "Enter")
    expect(at.locator("legend")).to_be_visible()
    at.wait_for_load_state("load")
    at.get_by_role("button", name="Merge", exact=True).focus()
    keys(at, "Enter")
    at.get_by_text("is part of this ticket now").first.wait_for()
    assert Ticket.objects.filter(merged_into__isnull=False).count() == 1


@pytest.mark.parametrize(
    ("typed", "found"),
    [("go to the tasks", "/admin/tasks"), ("Boiler 4", "ticket/"), ("Cleo", "client/")],
)
def test_the_palette_runs_a_command_and_finds_tickets_and_customers(at, typed, found):
    keys(at, "Control+k")
    with at.expect_response(lambda answer: "/palette" in answer.url and "q=" in answer.url):
        at.keyboard.type(typed)
    option = at.locator(f"#palette-list [role=option][data-to*='{found}']")
    expect(option.first).to_be_visible()
    at.wait_for_load_state("networkidle")
    while option.first.get_attribute("aria-selected") != "true":
        keys(at, "ArrowDown")
    keys(at, "Enter")
    at.wait_for_url(f"**{found}**")


def test_help_shows_the_keys_and_switches_single_ones_off(at):
    keys(at, "?")
    expect(at.locator("#shortcuts")).to_contain_text("Previous ticket of the view")
    at.locator("#shortcuts [role=switch]").focus()
    with at.expect_response(lambda answer: "/profile" in answer.url):
        keys(at, "Space")
    keys(at, "Escape", "r")
    expect(at.locator(TEXT)).not_to_be_focused()
    at.reload()
    keys(at, "r")
    expect(at.locator(TEXT)).not_to_be_focused()


def test_keys_do_not_fire_in_fields_nor_with_modifiers(at):
    at.locator(TEXT).focus()
    at.keyboard.type("ez?")
    expect(at.locator(TEXT)).to_have_value("ez?")
    at.evaluate("document.activeElement.blur()")
    keys(at, "Alt+e", "Alt+z")
    expect(at.locator("#close-ticket")).to_contain_text("Close")


def test_escalation_opens_by_its_key(at):
    keys(at, "Shift+E")
    expect(at.get_by_label("Escalate to")).to_be_visible()
