"""Whatever goes wrong while an agent sends: the text, the addresses and the files are still there."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings as house
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from customers.models import Customer
from tests.browser.conftest import Visit, _session
from tests.drills.rig import until
from tests.factories import make_inbound, make_ticket
from tickets.models import Draft, Message, ScheduledReply, Ticket

TEXT = "#id_text"
SEND = "[data-send=default]:visible"
WORDS = "The engineer comes at nine."
FILE = {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"one"}


@pytest.fixture
def ticket(cleo: Customer, technical: Any) -> Ticket:
    return make_ticket(cleo, technical)


@pytest.fixture
def page(visit: Visit, ada: User, ticket: Ticket) -> Page:
    """A half written reply with a copy and a file."""
    page = visit(f"/admin/tickets/ticket/{ticket.number}", user=ada)
    page.fill(TEXT, WORDS)
    page.locator(".composer__to summary").click()
    page.fill("#id_cc", "boss@harbour.example")
    page.set_input_files("#id_attachments", FILE)
    return page


def kept(page: Page) -> None:
    expect(page.locator(TEXT)).to_have_value(WORDS)
    expect(page.locator("#id_cc")).to_have_value("boss@harbour.example")
    expect(page.locator(".file-drop__list")).to_contain_text("plan.txt")


def sent(page: Page, ticket: Ticket) -> None:
    """The second try arrives whole, and once."""
    page.locator(SEND).click()
    expect(page.locator("#thread")).to_contain_text(WORDS)
    message = ticket.messages.get(kind="reply")
    assert message.recipients_cc == ["boss@harbour.example"]
    assert [row.filename for row in message.attachments.all()] == ["plan.txt"]


def drafted(ticket: Ticket, kind: str, text: str) -> None:
    drafts = Draft.objects.filter(ticket=ticket, kind=kind, text=text)
    until(drafts.exists, seconds=5, what=f"the draft of the {kind}")


def sign_out(page: Page) -> None:
    """The session ends on the server, as it does by itself after a while."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    engine = import_module(house.SESSION_ENGINE)
    engine.SessionStore(cookies[house.SESSION_COOKIE_NAME]).delete()


def test_lost_connection(page: Page, ticket: Ticket) -> None:
    page.route("**/messages", lambda route: route.abort("connectionfailed"))
    page.locator(SEND).click()
    expect(page.locator("#trouble")).to_be_visible()
    kept(page)
    page.unroute("**/messages")
    sent(page, ticket)


def test_answer_that_never_arrives_is_not_sent_twice(page: Page, ticket: Ticket) -> None:
    def cut(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route("**/messages", cut)
    page.locator(SEND).click()
    expect(page.locator("#trouble")).to_be_visible()
    kept(page)
    page.unroute("**/messages")
    page.locator(SEND).click()
    expect(page.locator("#thread")).to_contain_text(WORDS)
    assert ticket.messages.filter(kind="reply").count() == 1


def test_expired_session(page: Page, ticket: Ticket, ada: User) -> None:
    sign_out(page)
    page.locator(SEND).click()
    expect(page.locator("#trouble [data-sign-in]")).to_be_visible()
    kept(page)
    page.context.add_cookies([{**_session(ada), "url": page.url}])
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(page.locator("#trouble")).to_be_hidden()
    kept(page)
    sent(page, ticket)


def test_body_over_the_limit(page: Page, ticket: Ticket, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    page.locator(SEND).click()
    expect(page.locator("#trouble")).to_contain_text("too large")
    kept(page)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 3 * 1024 * 1024
    sent(page, ticket)


def test_file_over_the_limit_is_named_and_the_others_kept(page: Page) -> None:
    page.evaluate("document.querySelector('file-drop').dataset.maxBytes = 10")
    big = {"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"x" * 11}
    page.set_input_files("#id_attachments", [FILE, big])
    expect(page.locator(".file-drop__trouble")).to_contain_text("film.mp4")
    kept(page)


def test_error_of_the_server(page: Page, ticket: Ticket, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the disk burns")

    with monkeypatch.context() as broken:
        broken.setattr("desk.sending.actions.reply", fail)
        page.locator(SEND).click()
        expect(page.locator("#trouble")).to_be_visible()
    kept(page)
    assert not ticket.messages.filter(kind="reply").exists()
    sent(page, ticket)


def test_news_meanwhile(page: Page, ticket: Ticket) -> None:
    make_inbound(ticket, "It works again!")
    page.locator(SEND).click()
    expect(page.locator(".composer .banner")).to_contain_text("It works again!")
    kept(page)
    page.get_by_role("link", name="Edit").click()
    expect(page.locator(":focus")).to_have_id("id_text")
    page.get_by_role("button", name="Send anyway").click()
    expect(page.locator("#thread")).to_contain_text(WORDS)
    assert ticket.messages.filter(kind="reply").count() == 1


def test_every_tab_keeps_its_own_text(page: Page, ticket: Ticket) -> None:
    page.get_by_text("Internal note", exact=True).first.click()
    expect(page.locator(TEXT)).to_have_value("")
    page.locator(TEXT).press_sequentially("Among us")
    page.get_by_text("Reply", exact=True).first.click()
    expect(page.locator(TEXT)).to_have_value(WORDS)
    page.locator(SEND).click()
    expect(page.locator("#thread")).to_contain_text(WORDS)
    page.get_by_text("Internal note", exact=True).first.click()
    expect(page.locator(TEXT)).to_have_value("Among us")
    assert Draft.objects.get(ticket=ticket, kind="note").text == "Among us"


def test_words_beside_the_message_outlive_a_slow_save(page: Page, ticket: Ticket) -> None:
    """An older half of the note is still being saved when the reply leaves."""
    held: list[Route] = []
    page.get_by_text("Internal note", exact=True).first.click()
    page.route("**/draft", lambda route: held.append(route), times=1)  # noqa: PLW0108 -- Playwright reads its signature
    with page.expect_request("**/draft"):
        page.locator(TEXT).press_sequentially("Amon")
    page.locator(TEXT).press_sequentially("g us")
    page.get_by_text("Reply", exact=True).first.click()
    page.locator(SEND).click()
    expect(page.locator("#thread")).to_contain_text(WORDS)
    page.get_by_text("Internal note", exact=True).first.click()
    expect(page.locator(TEXT)).to_have_value("Among us")
    with suppress(PlaywrightError):  # given up by the page, or not: it may not win
        held[0].continue_()
    drafted(ticket, "note", "Among us")


def test_words_leave_with_the_page(page: Page, ticket: Ticket) -> None:
    """Without the pause after which a draft is saved."""
    page.locator(TEXT).press_sequentially("!")
    page.goto("/admin/tickets")
    drafted(ticket, "reply", f"{WORDS}!")
    page.goto(f"/admin/tickets/ticket/{ticket.number}")
    expect(page.locator(TEXT)).to_have_value(f"{WORDS}!")


def test_refused_words_are_kept_as_a_draft(page: Page, ticket: Ticket) -> None:
    page.fill("#id_cc", "nobody")
    page.locator(SEND).click()
    expect(page.locator(".composer [role=alert]").first).to_be_visible()
    drafted(ticket, "reply", WORDS)
    page.reload()
    expect(page.locator(TEXT)).to_have_value(WORDS)
    expect(page.locator("#id_cc")).to_have_value("nobody")


def test_marks_preview_and_mention_by_keyboard(
    visit: Visit, ada: User, max_: User, ticket: Ticket
) -> None:
    page = visit(f"/admin/tickets/ticket/{ticket.number}?kind=note", user=ada)
    text = page.locator(TEXT)
    text.press_sequentially("now")
    text.press("Control+a")
    text.press("Control+b")
    expect(text).to_have_value("**now**")
    page.locator("[data-preview]").click()
    expect(page.locator("#composer-preview strong")).to_have_text("now")
    text.press("End")
    text.press_sequentially(" @ma")
    expect(page.locator("mention-list [aria-selected=true]")).to_contain_text("Max")
    text.press("Enter")
    expect(text).to_have_value("**now** @Max ")
    text.press("Control+Enter")
    expect(page.locator("#thread")).to_contain_text("@Max")
    assert ticket.watchers.filter(user=max_).exists()


def test_sending_later_and_taking_it_back(page: Page, ticket: Ticket) -> None:
    page.locator("[popovertarget=send-menu]").click()
    page.locator("#send-later").click()
    page.locator("[name=send_at]").first.click()
    expect(page.locator("#waiting")).to_contain_text(WORDS)
    assert not ticket.messages.filter(kind="reply").exists()
    page.get_by_role("button", name="Edit").click()
    expect(page.locator(TEXT)).to_have_value(WORDS)
    expect(page.locator("[name=kept_files]")).to_be_checked()
    page.wait_for_load_state()  # its style says which button is to be seen
    assert ScheduledReply.objects.get().state == "cancelled"
    page.locator(SEND).click()
    expect(page.locator("#thread")).to_contain_text(WORDS)
    assert Message.objects.get(kind="reply").attachments.count() == 1
