"""How many clicks and keys each frequent task takes; a page over its budget is the page's fault (screens.md 8)."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Department, User
from core.memo import forget_all
from core.registries import ArticleLink, article_sources
from customers.models import Customer
from tests.browser.conftest import Visit
from tests.browser.hands import Hands
from tests.factories import make_ticket, make_user
from tickets.actions.predefined import ReplyFacts, save_predefined
from tickets.models import Appointment, Message, Priority, ReplyUse, Status, Ticket

QUEUE = "/admin/tickets"
SLOW = 20_000  # ms: a busy machine
FRIDAY = 4
PICKED = "#picker-list [role=option]"

pytestmark = pytest.mark.usefixtures("untroubled")


@pytest.fixture
def tickets(ada: User, cleo: Customer, technical: Department) -> list[Ticket]:
    """One screen full; the last one is the most urgent."""
    forget_all()
    now = timezone.now()
    urgent = Priority.objects.get(rank=1)
    opened = [
        make_ticket(cleo, technical, subject=f"Case {n}", now=now - timedelta(hours=24 - n))
        for n in range(20)
    ]
    last = make_ticket(
        cleo, technical, subject="All machines down", priority=urgent, now=now - timedelta(hours=30)
    )
    return [*opened, last]


@pytest.fixture
def pair(ada: User, cleo: Customer, technical: Department) -> list[Ticket]:
    forget_all()
    ada.after_send = User.AfterSend.NEXT
    ada.save()
    return [make_ticket(cleo, technical, subject=f"Espresso line down {n}") for n in range(2)]


def at_ticket(visit: Visit, ticket: Ticket, user: User) -> Page:
    page = visit(f"{QUEUE}/ticket/{ticket.number}", user=user)
    page.wait_for_load_state("networkidle")
    return page


def within_hours() -> datetime:
    """On a working day to come, when New York works: other times have to be confirmed."""
    day = timezone.now().replace(hour=16, minute=0) + timedelta(days=1)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > FRIDAY else 0)


def test_the_most_urgent_ticket_is_one_action_away(visit, ada, tickets):
    page = visit(QUEUE, user=ada)
    hands = Hands(page)
    hands.click(page.locator("[data-row-link]").first)
    expect(page.locator("h1")).to_have_text("All machines down")
    assert hands.actions <= 1


def test_predefined_reply_close_and_next_in_three_actions(visit, ada, max_, pair):
    texts = [("en", "Dear {customer.name}, it is solved.")]
    facts = ReplyFacts(fields={"name": "Boiler swap", "shortcut": "boiler"}, texts=texts)
    save_predefined(None, facts=facts, actor=max_, now=timezone.now())
    page = at_ticket(visit, pair[0], ada)
    hands = Hands(page)
    hands.press("/")
    page.keyboard.type("boil")  # the keyword, beside the count
    hands.press("Enter")
    expect(page.locator("#id_text")).to_have_value(re.compile("Dear Cleo, it is solved"))
    hands.press("Control+Shift+Enter")
    page.wait_for_url(re.compile(rf"ticket/{pair[1].number}"))
    page.wait_for_load_state("networkidle")
    assert Ticket.objects.get(pk=pair[0].pk).status_kind == "closed"
    assert ReplyUse.objects.get().changed_share == 0
    assert hands.actions <= 3


def test_reply_with_an_article_in_four_actions(visit, ada, pair):
    link = ArticleLink("Reset", "https://kb.example/7")
    article_sources.register("tests.articles", lambda _user, _q, _lang: [link])
    page = at_ticket(visit, pair[0], ada)
    hands = Hands(page)
    hands.press("/")
    expect(page.locator("reply-picker [data-tab]").first).to_be_visible()
    hands.press("Tab")
    expect(page.locator(PICKED).first).to_contain_text("Reset")
    hands.press("Enter")
    expect(page.locator("#id_text")).to_have_value(re.compile("kb.example/7"))
    hands.press("Control+Enter")
    page.wait_for_url(re.compile(rf"ticket/{pair[1].number}"))
    del article_sources._entries["tests.articles"]
    assert Ticket.objects.get(pk=pair[0].pk).status.slug == "answered"
    assert hands.actions <= 4


def test_escalation_in_six_actions(visit, max_, billing, pair):
    page = at_ticket(visit, pair[0], max_)
    hands = Hands(page)
    hands.press("Shift+E")
    page.wait_for_url("**/escalation?*")
    hands.choose("target", "Billing")
    hands.fill("investigated", "The contract.")
    hands.fill("why", "Only they can read it.")
    hands.choose("priority", "Urgent")
    hands.click(page.get_by_role("button", name="Escalate", exact=True))
    page.get_by_text("Hand-over note by Max").wait_for()
    ticket = Ticket.objects.get(pk=pair[0].pk)
    assert (ticket.department, ticket.priority_rank) == (billing, 1)
    assert ticket.status.slug == "hold"
    assert hands.actions <= 6


def test_twenty_tickets_go_to_a_colleague_in_four_actions(visit, ada, technical, tickets):
    carl = make_user("Carl", "agent", technical)
    page = visit(QUEUE, user=ada)
    hands = Hands(page)
    boxes = page.locator("[data-row-check]")
    hands.click(boxes.nth(0))
    hands.click(boxes.nth(19), holding="Shift")
    hands.press("a")
    hands.click(page.get_by_role("button", name="Carl"))
    expect(page.locator("flash-toast").filter(has_text="20 changed")).to_be_visible(timeout=SLOW)
    assert Ticket.objects.filter(assignee=carl).count() == 20
    assert hands.actions <= 4


def test_a_duplicate_is_merged_in_four_actions(visit, ada, pair):
    page = at_ticket(visit, pair[1], ada)
    hands = Hands(page)
    hands.press("m")
    page.wait_for_url("**/merge")
    hands.click(page.locator("#found a").first)
    page.wait_for_load_state("load")
    hands.click(page.get_by_role("button", name="Merge", exact=True))
    page.get_by_text("is part of this ticket now").first.wait_for()
    assert Ticket.objects.filter(merged_into__isnull=False).count() == 1
    assert hands.actions <= 4


def test_a_call_becomes_a_ticket_in_six_fields(visit, ada, technical):
    page = visit(QUEUE, user=ada)
    began = time.monotonic()
    page.keyboard.press("c")
    page.wait_for_url("**/tickets/add")
    hands = Hands(page)
    hands.fill("phone", "+49 30 901820")
    hands.fill("name", "Nora")
    hands.fill("subject", "No steam")
    hands.fill("text", "Since Monday, both machines.")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page.locator("#ticket-head h1")).to_contain_text("No steam")
    assert Ticket.objects.get().channel == "phone"
    assert hands.actions <= 6
    assert time.monotonic() - began < 30


def test_a_call_back_is_booked_in_five_actions(visit, ada, pair):
    page = at_ticket(visit, pair[0], ada)
    hands = Hands(page)
    hands.click(page.locator("#facts summary").filter(has_text="Appointments"))
    hands.click(page.locator("#add-appointment"))
    hands.fill("starts_at", timezone.localtime(within_hours()).strftime("%Y-%m-%dT%H:%M"))
    hands.fill("title", "Call Cleo back")
    hands.click(page.locator("#ticket-step .button--primary"))
    expect(page.locator("#facts").get_by_text("Call Cleo back")).to_be_visible(timeout=SLOW)
    page.wait_for_load_state("networkidle")
    assert Appointment.objects.count() == 1
    assert hands.actions <= 5


def test_a_customer_asks_in_three_actions(visit, cleo, technical):
    page = visit("/", user=cleo.user)
    hands = Hands(page)
    hands.fill("subject", "No steam")
    hands.fill("message", "Since Monday, both machines.")
    hands.click(page.get_by_role("button", name="Send", exact=True))
    page.wait_for_url("**/clients/ticket/**")
    assert Message.objects.get().text.startswith("Since Monday")
    assert hands.actions <= 3


def test_a_manager_adds_a_status_in_three_actions(visit, max_):
    page = visit("/admin/tickets/statuses", user=max_)
    hands = Hands(page)
    hands.click(page.get_by_role("link", name="Add status"))
    hands.fill("name", "Waiting for parts")
    hands.click(page.get_by_role("button", name="Save", exact=True))
    page.wait_for_url(re.compile(r"/statuses(#.*)?$"))
    assert Status.objects.filter(name="Waiting for parts").exists()
    assert hands.actions <= 3
