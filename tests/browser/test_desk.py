"""Agents at work in a browser: the story of a ticket, and every page looked at."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Department, User
from calendars.models import BusinessCalendar
from core.files import put
from core.memo import forget_all
from customers.models import Customer, Organisation
from sla.actions.rules import put_in_force
from sla.models import SlaPolicy, SlaTarget
from tests.browser.conftest import Visit
from tests.browser.looking import (
    THEMES,
    WIDTHS,
    covered_on_the_way,
    sideways,
    small_targets,
    take_picture,
    violations,
)
from tests.factories import make_customer, make_inbound, make_note, make_reply, make_ticket
from tickets.actions import Changes, add_followers, change_ticket, set_tags
from tickets.actions.delivery import DeliveryNews, mark_delivery
from tickets.actions.followers import NewFollower
from tickets.actors import Actor
from tickets.content import Content, NewFile
from tickets.models import Message, Priority, Status, Ticket
from tickets.search import write_stale_documents

QUEUE = "/admin/tickets"
COMPOSER = "#composer"
TICK = "document.body.dispatchEvent(new CustomEvent('hd:tick', {bubbles: true}))"
LATE = {"queue", "ticket"}  # pages that load a part after themselves
LINES = (
    ("Charged twice for order 20619", "I see two payments of 389.00 on my statement from Friday", 1, 6),
    ("Grinder arrived with a cracked hopper", "Photos attached. The box itself looked fine from the outside", 2, 200),
    ("Quote for 12 machines with a service contract", "We open three studios in spring", 2, 24),
    ("Descaling light stays on after cleaning", "I ran the cycle again with fresh water, still on", 3, 310),
    ("Cannot sign in to the office account", "The code arrives, but the page says it has expired", 3, 48),
    ("Is the milk wand dishwasher safe?", "The manual shows a dishwasher sign only next to the tray", 4, 130),
)  # fmt: skip


@pytest.fixture
def ticket(ada: User, max_: User, cleo: Customer, technical: Department) -> Ticket:
    """A believable ticket with a past, and a queue around it."""
    forget_all()
    now, actor = timezone.now(), Actor.of_user(ada)
    _promises(now)
    _surroundings(technical, now)
    cleo.is_vip = True
    cleo.save()
    found = make_ticket(
        cleo,
        technical,
        subject="Espresso line down in two offices since Monday",
        now=now - timedelta(hours=5),
        priority=Priority.objects.get(rank=1),
        content=_first_words(),
    )
    changes = Changes(status=Status.objects.get(slug="escalated"), assignee=ada)
    change_ticket(found, changes=changes, actor=Actor.of_user(max_), now=now - timedelta(hours=4))
    _sent(make_reply(found, ada, "Hello Cleo,\n\n1. Hold the **steam key** for ten seconds.\n2. If the light returns, leave it off."))  # fmt: skip
    make_note(found, ada, "@Max the valve kit is out of stock until Wednesday.")
    make_inbound(found, "Any news? Both offices are on instant coffee and the board meets at noon.")
    failed = make_reply(found, ada, "Two loan machines leave our showroom at 09:45.")
    news = DeliveryNews(
        state=Message.DeliveryState.FAILED, detail="facility@ bounced: mailbox full"
    )
    mark_delivery(failed, news=news, actor=Actor.system("Outbox"), now=now)
    make_inbound(found, "Thank you, they are here.", now=now + timedelta(seconds=1))
    set_tags(found, names=["vip", "e-17"], actor=actor, now=now)
    add_followers(
        found, followers=[NewFollower(email="facility@harbour.example")], actor=actor, now=now
    )
    while write_stale_documents(now):
        pass
    return Ticket.objects.get(pk=found.pk)


def _promises(now) -> None:
    """Clocks in every state: a queue without deadlines would show little of what agents see."""
    policy = SlaPolicy.objects.create(
        name="Standard", calendar=BusinessCalendar.objects.get(slug="24x7")
    )
    for metric, amount in (("first_response", 4), ("next_response", 2), ("resolution", 8)):
        SlaTarget.objects.create(policy=policy, metric=metric, amount=amount, thresholds=["75%"])
    put_in_force(actor=None, now=now - timedelta(days=1))


def _surroundings(technical: Department, now) -> None:
    company = Organisation.objects.create(name="Alder Dental")
    for place, (subject, text, rank, minutes) in enumerate(LINES):
        customer = make_customer(f"Guest {place}", "", company if place % 2 else None)
        priority = Priority.objects.get(rank=rank)
        moment = now - timedelta(minutes=minutes)
        make_ticket(customer, technical, subject=subject, text=text, priority=priority, now=moment)


def _first_words() -> Content:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763a86a"
        "680000030a0179a4ec5c5b0000000049454e44ae426082"
    )
    files = (
        NewFile(filename="service-log-k2.txt", content_type="text/plain", stored=put(b"E-17")),
        NewFile(filename="photo.png", content_type="image/png", stored=put(png)),
    )
    return Content(
        text="Good morning Ada,\n\nboth K2 Pro machines show E-17 and stop during the second cup.",
        quoted_text="On Fri, Ada wrote: the update runs on Sunday night",
        files=files,
    )


def _sent(message: Message) -> None:
    news = DeliveryNews(state=Message.DeliveryState.SENT)
    mark_delivery(message, news=news, actor=Actor.system("Outbox"), now=timezone.now())


def pages(ticket: Ticket) -> dict[str, str]:
    base = f"{QUEUE}/ticket/{ticket.number}"
    message = ticket.messages.order_by("pk").first()
    assert message
    return {
        "home": "/admin",
        "queue": f"{QUEUE}?view=morning",
        "queue-empty": f"{QUEUE}?view=spam",
        "ticket": base,
        "ticket-texts": f"{base}/subject",
        "ticket-context": f"{base}/context",
        "ticket-time": f"{base}/time",
        "ticket-original": f"{base}/messages/{message.pk}/raw",
        "ticket-add": f"{QUEUE}/add",
        "search": "/admin/search?q=espresso",
        "clients": "/admin/clients",
        "client": f"/admin/clients/client/{ticket.customer_id}",
        "client-profile": f"/admin/clients/client/{ticket.customer_id}/profile",
    }


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.usefixtures("untroubled")
def test_every_page_is_accessible(
    visit: Visit, max_: User, ticket: Ticket, theme: str, width: int
) -> None:
    max_.theme = theme
    max_.save()
    page = visit(QUEUE, user=max_, width=width)
    found = {name: _complaints(page, name, path) for name, path in pages(ticket).items()}
    assert {name: said for name, said in found.items() if said} == {}


def _complaints(page: Page, name: str, path: str) -> list[str]:
    page.goto(path)
    if name in LATE:
        page.wait_for_load_state("networkidle")
    theme = page.get_attribute("html", "data-theme")
    take_picture(page, f"desk-{name}-{theme}-{page.viewport_size['width']}")
    is_wide = ["it scrolls sideways"] if sideways(page) > 0 else []
    return [*violations(page), *small_targets(page), *is_wide]


@pytest.mark.usefixtures("untroubled")
def test_agent_opens_answers_notes_and_closes(visit: Visit, ada: User, ticket: Ticket) -> None:
    page = visit(QUEUE, user=ada)
    page.get_by_role("link", name="Espresso line down").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Espresso line down")
    page.fill(f"{COMPOSER} textarea", "An engineer comes **today**.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread strong").get_by_text("today")).to_be_visible()
    expect(page.locator("#property-status")).to_have_value(
        str(Status.objects.get(slug="answered").pk)
    )
    page.locator(f"{COMPOSER} .composer__tab--note").click()
    page.fill(f"{COMPOSER} textarea", "Called the engineer.")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator(".message--note").get_by_text("Called the engineer.")).to_be_visible()
    page.locator("#close-ticket").click()
    expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    expect(page.locator("#thread").get_by_text("Closed")).to_be_visible()


def test_answer_of_the_customer_meanwhile_is_shown_before_sending(
    visit: Visit, ada: User, ticket: Ticket
) -> None:
    page = visit(f"{QUEUE}/ticket/{ticket.number}", user=ada)
    page.fill(f"{COMPOSER} textarea", "My careful answer")
    make_inbound(ticket, "It works again!", now=timezone.now() + timedelta(minutes=1))
    page.keyboard.press("Control+Enter")
    expect(page.locator(f"{COMPOSER} .banner")).to_contain_text("It works again!")
    assert page.input_value(f"{COMPOSER} textarea") == "My careful answer"
    page.focus(f"{COMPOSER} textarea")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread").get_by_text("My careful answer")).to_be_visible()


def test_reply_is_taken_back_and_stands_in_the_composer_again(
    visit: Visit, ada: User, ticket: Ticket
) -> None:
    page = visit(f"{QUEUE}/ticket/{ticket.number}", user=ada)
    page.fill(f"{COMPOSER} textarea", "Too early")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"{COMPOSER} textarea")).to_have_value("Too early")


def test_news_appear_by_themselves(visit: Visit, ada: User, ticket: Ticket) -> None:
    page = visit(f"{QUEUE}/ticket/{ticket.number}", user=ada)
    page.fill(f"{COMPOSER} textarea", "Half a thought")
    make_inbound(ticket, "It works again!", now=timezone.now() + timedelta(minutes=1))
    page.evaluate(TICK)
    expect(page.locator("#thread").get_by_text("It works again!")).to_be_visible()
    expect(page.locator("#polite")).to_have_text("New message from Cleo")
    assert page.input_value(f"{COMPOSER} textarea") == "Half a thought"


def test_new_tickets_are_announced_above_a_list_that_stays(
    visit: Visit, ada: User, ticket: Ticket
) -> None:
    page = visit(QUEUE, user=ada)
    rows = page.locator(".queue tbody tr")
    before = rows.count()
    make_ticket(ticket.customer, ticket.department, subject="Fresh from the press")
    page.evaluate(TICK)
    page.get_by_role("link", name="1 new: show").click(timeout=30_000)
    expect(rows).to_have_count(before + 1)


def test_draft_outlives_the_page(visit: Visit, ada: User, ticket: Ticket) -> None:
    page = visit(f"{QUEUE}/ticket/{ticket.number}", user=ada)
    page.locator(f"{COMPOSER} textarea").press_sequentially("Half a thought")
    expect(page.locator(".composer__saved")).to_have_text("Draft saved")
    again = visit(f"{QUEUE}/ticket/{ticket.number}", user=ada)
    expect(again.locator(f"{COMPOSER} textarea")).to_have_value("Half a thought")


def test_properties_change_in_place(visit: Visit, ada: User, ticket: Ticket) -> None:
    page = visit(f"{QUEUE}/ticket/{ticket.number}", user=ada)
    page.select_option("#property-priority", label="Low")
    expect(page.locator("#ticket-head .priority__word")).to_have_text("Low")
    expect(page.locator("#thread").get_by_text("changed the priority from Urgent")).to_be_visible()


def test_filters_narrow_the_list_without_a_new_page(
    visit: Visit, ada: User, ticket: Ticket
) -> None:
    page = visit(QUEUE, user=ada)
    page.evaluate("window.stayed = true")
    page.select_option("[name=priority]", label="Urgent")
    expect(page.locator(".queue tbody tr")).to_have_count(2)
    assert page.evaluate("window.stayed")
    assert "priority=" in page.url


def test_keys_lead_through_the_day(visit: Visit, ada: User, ticket: Ticket) -> None:
    page = visit(QUEUE, user=ada)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#ticket-head")).to_be_visible()
    # The head is drawn before the scripts below it have run: a key in between is nobody's.
    page.wait_for_load_state("load")
    page.keyboard.press("n")
    expect(page.locator(":focus")).to_have_js_property("tagName", "TEXTAREA")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("q")


def test_agent_works_without_scripts(visit: Visit, ada: User, ticket: Ticket) -> None:
    page = visit(f"{QUEUE}/ticket/{ticket.number}", user=ada, java_script_enabled=False)
    page.fill("#id_text", "Plain and simple.")
    page.locator("[data-send=default]:visible").click()
    expect(page.locator("#thread")).to_contain_text("Plain and simple.")
    page.select_option("#property-status", label="On Hold")
    page.locator("form[action$='/status'] button").click()
    expect(page.locator("#ticket-head .badge")).to_contain_text("On Hold")


def test_focus_is_never_hidden_by_sticky_bars(visit: Visit, ada: User, ticket: Ticket) -> None:
    page = visit(f"{QUEUE}/ticket/{ticket.number}", user=ada)
    page.wait_for_load_state("networkidle")
    assert covered_on_the_way(page, tabs=60) == []
