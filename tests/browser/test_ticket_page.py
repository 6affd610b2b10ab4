"""The ticket page in two browsers at once: who is here, what is quoted, and that nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Department, User
from core.memo import forget_all
from customers.models import Customer
from tests.browser.conftest import Visit
from tests.browser.looking import sideways, violations
from tests.factories import make_inbound, make_ticket
from tickets.actions import merge_tickets
from tickets.actors import Actor
from tickets.models import Ticket

TICK = "document.body.dispatchEvent(new CustomEvent('hd:tick', {bubbles: true}))"


@pytest.fixture
def ticket(ada: User, max_: User, cleo: Customer, technical: Department) -> Ticket:
    forget_all()
    return make_ticket(cleo, technical)


def url(ticket: Ticket, part: str = "") -> str:
    return f"/admin/tickets/ticket/{ticket.number}{part}"


def pulse(page: Page) -> None:
    with page.expect_response(lambda answer: "/pulse" in answer.url):
        page.evaluate(TICK)


def test_two_at_once_see_each_other_and_lose_nothing(
    visit: Visit, ada: User, max_: User, ticket: Ticket, untroubled: None
) -> None:
    first, second = visit(url(ticket), user=ada), visit(url(ticket), user=max_)
    pulse(first)
    expect(first.locator("#presence")).to_contain_text("Max is looking at this")
    with second.expect_response(lambda answer: "/draft" in answer.url):
        second.locator("#id_text").fill("Half a sentence")
    pulse(first)
    expect(first.locator("#presence")).to_contain_text("Max is writing")
    make_inbound(ticket, text="One more thing")
    with second.expect_response(lambda answer: answer.request.headers.get("hx-target") == "thread"):
        pulse(second)
    expect(second.locator("#thread")).to_contain_text("One more thing")
    expect(second.locator("#id_text")).to_have_value("Half a sentence")


def test_message_is_quoted_at_the_caret(
    visit: Visit, ada: User, ticket: Ticket, untroubled: None
) -> None:
    page = visit(url(ticket), user=ada)
    page.get_by_role("button", name="Actions for the message by Cleo").click()
    page.locator("[data-quote]").click()
    expect(page.locator("#id_text")).to_have_value(
        re.compile(r"^On .*, Cleo wrote:\n> Both machines show E-17\.\n\n$")
    )


def test_one_customers_words_are_not_quoted_to_the_other(
    visit: Visit, ada: User, max_: User, otto: Customer, ticket: Ticket, untroubled: None
) -> None:
    other = make_ticket(otto, ticket.department, text="My contract is 99-42.")
    merge_tickets(ticket, others=[other], actor=Actor.of_user(max_), now=timezone.now())
    page, text = visit(url(ticket), user=ada), "#id_text"
    page.locator("[name=kind][value=reply]").check(force=True)
    page.get_by_role("button", name="Actions for the message by Cleo").click()
    page.locator("[popover]:popover-open [data-quote]").click()
    expect(page.locator("flash-toast")).to_contain_text("Another customer wrote this")
    page.get_by_role("button", name="Actions for the message by Otto").click()
    page.locator("[popover]:popover-open [data-quote]").click()
    expect(page.locator(text)).to_have_value(re.compile("99-42"))
    assert "E-17" not in page.locator(text).input_value()
    page.locator("[name=kind][value=note]").check(force=True)
    page.get_by_role("button", name="Actions for the message by Cleo").click()
    page.locator("[popover]:popover-open [data-quote]").click()
    expect(page.locator(text)).to_have_value(re.compile("E-17"))


def test_subject_is_changed_by_keyboard_and_escape_leaves_it(
    visit: Visit, ada: User, ticket: Ticket, untroubled: None
) -> None:
    page = visit(url(ticket), user=ada)
    page.locator("#edit-subject").press("Enter")
    field = page.locator("#id_subject")
    expect(field).to_be_focused()
    field.fill("Never mind")
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(page.locator("#edit-subject")).to_be_focused()
    page.locator("#edit-subject").press("Enter")
    field.fill("Boiler")
    field.press("Enter")
    expect(page.locator("#ticket-head h1")).to_contain_text("Boiler")
    expect(field).to_have_count(0)


@pytest.mark.parametrize("part", ["/activity", "/print?internal=1", "/messages/{pk}/redaction"])
def test_pages_around_the_ticket_can_be_used_by_everybody(
    visit: Visit, max_: User, ticket: Ticket, untroubled: None, part: str
) -> None:
    page = visit(url(ticket, part.format(pk=ticket.messages.get().pk)), user=max_, width=320)
    assert violations(page) == []
    assert sideways(page) <= 0
