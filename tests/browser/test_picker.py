"""The picker in a browser: predefined replies and articles, by keys; its budget: test_action_budgets.py."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from core.registries import ArticleLink, article_sources
from tests.browser.conftest import Visit
from tests.browser.looking import sideways, violations
from tests.factories import make_customer, make_ticket
from tickets.actions.predefined import ReplyFacts, save_predefined
from tickets.models import Ticket

LIST = "#picker-list"


@pytest.fixture
def tickets(ada: User, max_: User, technical) -> list[Ticket]:
    """Two that wait, and a reply that fits."""
    user = User.objects.get(pk=ada.pk)
    user.after_send = User.AfterSend.NEXT
    user.save()
    texts = [("en", "Dear {customer.name}, it is solved. {nonsense}")]
    facts = ReplyFacts(fields={"name": "Boiler swap", "shortcut": "boiler"}, texts=texts)
    save_predefined(None, facts=facts, actor=max_, now=timezone.now())
    return [make_ticket(make_customer(name), technical) for name in ("Cleo", "Dora")]


@pytest.fixture
def articles():
    article_sources.register(
        "tests.articles", lambda _user, _q, _lang: [ArticleLink("Reset", "https://kb.example/7")]
    )
    yield
    del article_sources._entries["tests.articles"]


def opened(visit: Visit, ticket: Ticket, user: User, **options) -> Page:
    page = visit(f"/admin/tickets/ticket/{ticket.number}", user=user, **options)
    page.locator("#id_text").wait_for()
    page.wait_for_load_state("networkidle")
    return page


def test_the_list_opens_and_closes_by_keys(visit, ada, tickets, untroubled):
    page = opened(visit, tickets[0], ada)
    text = page.locator("#id_text")
    text.fill("Before")
    text.press_sequentially(" /")
    expect(page.locator(f"{LIST} [role=option]").first).to_be_visible()
    assert text.get_attribute("aria-activedescendant") == "picker-1"
    text.press("ArrowDown")
    assert text.get_attribute("aria-activedescendant") == "picker-2"
    text.press("Escape")
    expect(page.locator(LIST)).to_be_hidden()
    expect(text).to_have_value("Before /")


def test_what_nothing_stands_for_is_marked(visit, ada, tickets, untroubled):
    page = opened(visit, tickets[0], ada)
    text = page.locator("#id_text")
    text.press_sequentially("/boil")
    expect(page.locator(f"{LIST} [role=option]").first).to_contain_text("Boiler swap")
    text.press("Enter")
    expect(page.locator("reply-picker [role=status]")).to_contain_text("{nonsense}")
    chosen = "t => t.value.slice(t.selectionStart, t.selectionEnd)"
    assert text.evaluate(chosen) == "{nonsense}"


def test_a_line_break_after_a_word_that_fits_nothing(visit, ada, tickets, untroubled):
    page = opened(visit, tickets[0], ada)
    text = page.locator("#id_text")
    text.press_sequentially("/zzzz")
    text.press("Enter")
    expect(text).to_have_value("/zzzz\n")


def test_tab_leads_to_the_articles(visit, ada, tickets, articles, untroubled):
    page = opened(visit, tickets[0], ada)
    text = page.locator("#id_text")
    text.press_sequentially("/x")
    text.press("Escape")
    text.fill("")
    text.press_sequentially("/boil")
    expect(page.locator(f"{LIST} [role=option]").first).to_be_visible()
    text.press("Tab")
    expect(page.locator(LIST)).to_contain_text("Reset")
    text.press("Enter")
    expect(text).to_have_value(re.compile("https://kb.example/7"))


def test_a_chosen_promise_shows_on_its_chip(visit, ada, tickets, untroubled):
    page = opened(visit, tickets[0], ada)
    page.locator("#add-promise").click()
    page.get_by_label("Tomorrow noon").check()
    expect(page.locator("#add-promise")).to_contain_text("Promise: by")
    page.get_by_label("Promised time").fill("2031-05-07T14:30")
    expect(page.locator("#add-promise")).to_have_text(re.compile(r"Promise: by Wed.*2:30"))
    expect(page.get_by_label("Another time", exact=True).first).to_be_checked()
    page.get_by_label("Promised time").fill("")
    expect(page.locator("#add-promise")).to_have_text("Promise")


def test_a_new_ticket_takes_a_reply_from_the_library(visit, ada, tickets, untroubled):
    page = visit("/admin/tickets/add", user=ada)
    page.get_by_label("Customer's name").fill("Mira")
    text = page.locator("#id_text")
    page.get_by_role("button", name="Predefined reply").click()
    expect(page.locator(f"{LIST} [role=option]").first).to_be_visible()
    text.press_sequentially("boil")
    text.press("Enter")
    expect(text).to_have_value("Dear Mira, it is solved. {nonsense}")
    expect(page.get_by_label("a message to the customer")).to_be_checked()
    expect(page.locator("reply-picker [role=status]")).to_contain_text("{nonsense}")


@pytest.mark.parametrize("width", [320, 1280])
def test_library_and_picker_are_in_order(visit, max_, ada, tickets, width, untroubled):
    for path in ("", "/add", "/import"):
        page = visit(f"/admin/predefined_replies{path}", user=max_, width=width)
        assert not sideways(page)
        assert not violations(page)
    page = opened(visit, tickets[0], ada, width=width)
    page.locator("#id_text").press_sequentially("/")
    expect(page.locator(f"{LIST} [role=option]").first).to_be_visible()
    assert not sideways(page)
    assert not violations(page)
