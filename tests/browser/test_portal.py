"""The portal in a browser: looked at in both themes and all widths, and used without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Department
from customers.models import Customer
from tests.browser.conftest import Visit
from tests.browser.looking import THEMES, WIDTHS, sideways, small_targets, take_picture, violations
from tests.factories import make_inbound, make_note, make_reply, make_ticket
from tickets.actions import close_ticket
from tickets.actions.guests import guest_url
from tickets.actors import Actor
from tickets.models import Ticket
from tickets.vocabulary import status_after_reply

PHOTO = {"name": "crack.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + b"0" * 900}
HUGE = {"name": "film.mov", "mimeType": "video/quicktime", "buffer": b"x" * 3000}
WRITTEN = "The grinder came today and the hopper has a crack from the lid down to the thread."


@pytest.fixture
def ticket(cleo: Customer, ada, billing: Department, technical: Department) -> Ticket:
    """A conversation of some hours, with a note nobody outside sees."""
    start = timezone.now() - timedelta(hours=5)
    ticket = make_ticket(
        cleo, technical, subject="Grinder with a cracked hopper", text=WRITTEN, now=start
    )
    make_reply(
        ticket,
        ada,
        "Hello Cleo,\n\nwhat a pity. You get a **new hopper**, free of charge.\n\nIt leaves our workshop today.",
        now=start + timedelta(hours=1),
        after=status_after_reply(),
    )
    make_inbound(
        ticket, "Great, thank you! Which parcel service is it?", now=start + timedelta(hours=2)
    )
    make_note(ticket, ada, "CANARY")
    make_ticket(cleo, billing, subject="Invoice 4711 came twice", now=start)
    return ticket


def guest_path(ticket: Ticket) -> str:
    url = guest_url(ticket, email=ticket.customer.email, now=timezone.now())
    return url[url.index("/t/") :]


Where = Callable[[Ticket], str]
PAGES: dict[str, tuple[Where, bool]] = {
    "home-stranger": (lambda _t: "/", False),
    "home": (lambda _t: "/", True),
    "requests": (lambda _t: "/clients/tickets", True),
    "requests-none": (lambda _t: "/clients/tickets?q=nothing", True),
    "request": (lambda t: f"/clients/ticket/{t.public_id}", True),
    "open-request": (lambda _t: "/clients/open_ticket", True),
    "contact": (lambda _t: "/forms/ticket", False),
    "profile": (lambda _t: "/clients/profile", True),
    "company": (lambda _t: "/clients/company", True),
    "guest": (guest_path, False),
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("untroubled")
def test_page_is_accessible(visit: Visit, cleo: Customer, ticket: Ticket, name: str) -> None:
    """One visit, seen in both themes and all widths."""
    where, is_signed_in = PAGES[name]
    page = visit(where(ticket), user=cleo.user if is_signed_in else None)
    found = {}
    for theme, width in product(THEMES, WIDTHS):
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 900})
        take_picture(page, f"portal-{name}-{theme}-{width}")
        trouble = violations(page) + small_targets(page)
        if trouble or sideways(page) > 0:
            found[theme, width] = [*trouble, sideways(page)]
    assert found == {}


@pytest.mark.parametrize("theme", THEMES)
def test_refused_and_ended_pages_are_accessible(
    visit: Visit, cleo: Customer, ticket: Ticket, ada, theme: str
) -> None:
    page = visit("/forms/ticket", color_scheme=theme, width=390, java_script_enabled=True)
    page.evaluate("document.querySelector('#form').noValidate = true")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert").first).to_be_focused()
    take_picture(page, f"portal-contact-refused-{theme}-390")
    assert violations(page) == []
    path = guest_path(ticket)
    ended = timezone.now() - timedelta(days=31)
    close_ticket(ticket, actor=Actor.of_user(ada), now=ended)
    ticket.guest_links.update(created_at=ended)
    page = visit(path, color_scheme=theme)
    take_picture(page, f"portal-link-ended-{theme}-1280")
    assert violations(page) == []


def test_customer_without_scripts_asks_reads_answers_and_is_done(
    visit: Visit, cleo: Customer, ada, technical: Department, billing: Department
) -> None:
    """R49, N20: three actions from the first page to a request."""
    page = visit("/", user=cleo.user, java_script_enabled=False)
    page.get_by_role("link", name="Submit a request").last.click()
    page.get_by_label("Subject").fill("Grinder is loud")
    page.get_by_label("Message").fill("It screams.")
    page.get_by_label("Attach files").set_input_files(PHOTO)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Grinder is loud")
    expect(page.get_by_role("link", name="crack.png")).to_be_visible()
    ticket = Ticket.objects.get()
    make_reply(ticket, ada, "Clean the burrs, please.")
    page.reload()
    expect(page.get_by_text("Clean the burrs, please.")).to_be_visible()
    expect(page.locator(".state b")).to_have_text(ticket_words(ticket))
    page.get_by_label("Add something").fill("Quiet now, thank you.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Quiet now, thank you.")).to_be_visible()
    page.get_by_role("button", name="My problem is solved").click()
    expect(page.locator(".state b")).to_have_text("Solved")
    page.get_by_role("button", name="It is not solved").click()
    expect(page.get_by_role("button", name="My problem is solved")).to_be_visible()


def test_stranger_without_scripts_writes_and_answers_by_link(
    visit: Visit, technical: Department, billing: Department
) -> None:
    page = visit("/forms/ticket?topic=billing", java_script_enabled=False)
    page.get_by_label("Your name").fill("Nora")
    page.get_by_label("Your e-mail").fill("nora@private.example")
    page.get_by_label("Department").select_option(label="Billing")
    page.get_by_label("Subject").fill("Invoice twice")
    page.get_by_label("Message").fill("Number 4711.")
    page.get_by_label("You may use").check()
    page.wait_for_timeout(3100)
    page.get_by_role("button", name="Send").click()
    ticket = Ticket.objects.get()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"#{ticket.number}")
    page.goto(guest_path(ticket))
    page.get_by_label("Add something").fill("And 4712.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("And 4712.")).to_be_visible()


def test_refused_form_keeps_text_and_says_where(
    visit: Visit, cleo: Customer, technical: Department, billing: Department
) -> None:
    page = visit("/clients/open_ticket", user=cleo.user, java_script_enabled=False)
    page.get_by_label("Message").fill("Kept.")
    page.get_by_label("Subject").fill("  ")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Message")).to_have_value("Kept.")
    expect(page.get_by_role("link", name="Subject: This field is required.")).to_be_visible()


def test_files_survive_a_refused_form_with_scripts(
    visit: Visit, cleo: Customer, technical: Department, billing: Department
) -> None:
    page = visit("/clients/open_ticket", user=cleo.user)
    page.get_by_label("Attach files").set_input_files(PHOTO)
    page.get_by_label("Message").fill("Kept.")
    page.get_by_label("Subject").fill("  ")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_text("crack.png")).to_be_visible()
    page.get_by_label("Subject").fill("Crack")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Crack")
    expect(page.get_by_role("link", name="crack.png")).to_be_visible()


def test_too_large_file_is_named_and_the_text_stays(
    visit: Visit, cleo: Customer, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tickets.uploads.MAX_BYTES", 2048)
    page = visit(f"/clients/ticket/{ticket.public_id}", user=cleo.user, java_script_enabled=False)
    page.get_by_label("Add something").fill("A film of it.")
    page.get_by_label("Attach files").set_input_files(HUGE)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("film.mov is 2.9").last).to_be_visible()
    expect(page.get_by_label("Add something")).to_have_value("A film of it.")


@pytest.mark.usefixtures("untroubled")
def test_news_arrives_while_the_customer_types(
    visit: Visit, cleo: Customer, ada, ticket: Ticket
) -> None:
    page = visit(f"/clients/ticket/{ticket.public_id}", user=cleo.user)
    page.get_by_label("Add something").fill("By the way")
    make_reply(ticket, ada, "It is DHL.")
    beat(page)
    expect(page.get_by_text("It is DHL.")).to_be_visible()
    expect(page.locator("#polite")).to_have_text("There is something new.")
    expect(page.locator(".state b")).to_have_text(ticket_words(ticket))
    expect(page.get_by_label("Add something")).to_have_value("By the way")


def test_list_is_searched_while_typing(visit: Visit, cleo: Customer, ticket: Ticket) -> None:
    page = visit("/clients/tickets", user=cleo.user)
    page.get_by_role("searchbox").fill("invoice")
    expect(page.get_by_text("Invoice 4711 came twice")).to_be_visible()
    expect(page.get_by_text("Grinder with a cracked hopper")).to_be_hidden()
    expect(page).to_have_url(re.compile("q=invoice"))


def beat(page: Page) -> None:
    """What pulse.js does every ten seconds."""
    page.evaluate("document.body.dispatchEvent(new CustomEvent('hd:tick', {bubbles: true}))")


def ticket_words(ticket: Ticket) -> str:
    ticket.refresh_from_db()
    return Ticket.objects.select_related("status").get(pk=ticket.pk).customer_words
