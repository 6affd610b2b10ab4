"""The whole story in a browser: a mail is piped in, answered, read on the portal, and closed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import FilePayload, Page, expect

from accounts.models import Department, User
from customers.models import Customer
from mailpipe.dispatch import send_due
from mailpipe.drain import drain
from tests.browser.conftest import Visit
from tests.factories import PASSWORD
from tests.mailpipe.letters import letter
from tests.mailpipe.sink import Sink, SinkServer
from tests.mailpipe.test_outgoing_story import pipe
from tickets.models import Ticket

QUEUE = "/admin/tickets"
COMPOSER = "#composer"
PHOTO: FilePayload = {
    "name": "boiler.png",
    "mimeType": "image/png",
    "buffer": b"\x89PNG\r\n\x1a\n" + b"0" * 900,
}
MANUAL: FilePayload = {
    "name": "reset.txt",
    "mimeType": "text/plain",
    "buffer": b"Hold the key for 10 seconds.",
}
GUEST_PATH = re.compile(r"/t/[\w.:-]+")


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """Outgoing mail arrives here."""
    server = SinkServer()
    server.start()
    settings.SMTP = server.smtp
    yield server.sink
    server.stop()


def post_round() -> None:
    """What worker and beat do all day: settle what came in, send what is due."""
    drain()
    send_due(now=lambda: timezone.now() + timedelta(minutes=1))


@pytest.mark.usefixtures("untroubled")
def test_mail_is_answered_read_on_the_portal_and_closed(
    visit: Visit, ada: User, cleo: Customer, technical: Department, sink: Sink
) -> None:
    pipe(letter("The boiler is cold since Monday.", Subject="Cold boiler"), "tech@company.example")
    post_round()
    desk = agent_answers(visit(QUEUE, user=ada))
    post_round()
    receipt, reply = sink.taken
    assert receipt.recipients == reply.recipients == [cleo.email]
    assert "Hold the key" in reply.text
    assert [file.get_filename() for file in reply.mail.iter_attachments()] == ["reset.txt"]
    customer_reads_and_is_done(visit("/authentication/login"), cleo)
    desk.reload()
    expect(desk.locator("#thread").get_by_text("It works, thank you.")).to_be_visible()
    expect(desk.locator("#thread").get_by_role("link", name="boiler.png")).to_be_visible()
    expect(desk.get_by_role("button", name="Reopen")).to_be_visible()
    assert not Ticket.objects.open().exists()


def agent_answers(page: Page) -> Page:
    """Opens the ticket out of the queue and answers with a file."""
    page.get_by_role("link", name="Cold boiler").click()
    expect(page.locator("#thread").get_by_text("cold since Monday")).to_be_visible()
    page.fill(f"{COMPOSER} textarea", "Hold the key for ten seconds, please.")
    page.locator(f"{COMPOSER} input[type=file]").set_input_files(MANUAL)
    page.get_by_role("button", name="Send · Answered").click()
    expect(page.locator("#thread").get_by_text("for ten seconds")).to_be_visible()
    expect(page.locator("#thread").get_by_role("link", name="reset.txt")).to_be_visible()
    expect(page.locator("#ticket-head .badge").first).to_contain_text("Answered")
    return page


def customer_reads_and_is_done(page: Page, cleo: Customer) -> None:
    """Signs in, finds the answer, thanks with a picture, and says that it is solved."""
    page.get_by_label("E-mail").fill(cleo.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Cold boiler").click()
    expect(page.get_by_text("for ten seconds")).to_be_visible()
    page.get_by_label("Add something").fill("It works, thank you.")
    page.get_by_label("Attach files").set_input_files(PHOTO)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("It works, thank you.")).to_be_visible()
    page.get_by_role("button", name="My problem is solved").click()
    expect(page.locator(".state b")).to_have_text("Solved")


def test_stranger_without_scripts_is_answered_and_writes_back_by_the_link_of_the_mail(
    visit: Visit, ada: User, technical: Department, sink: Sink
) -> None:
    page = visit("/forms/ticket", java_script_enabled=False)
    page.get_by_label("Your name").fill("Nora")
    page.get_by_label("Your e-mail").fill("nora@private.example")
    page.get_by_label("Subject").fill("Cold boiler")
    page.get_by_label("Message").fill("It is cold since Monday.")
    page.get_by_label("You may use").check()
    page.wait_for_timeout(3100)  # the trap for machines, which are faster
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"#{Ticket.objects.get().number}")
    agent_answers(visit(QUEUE, user=ada))
    post_round()
    link = GUEST_PATH.search(sink.taken[-1].text)
    assert link, "the mail leads to the conversation"
    page.goto(link[0])
    expect(page.get_by_text("for ten seconds")).to_be_visible()
    page.get_by_label("Add something").fill("Warm again.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Warm again.")).to_be_visible()
    desk = visit(QUEUE, user=ada)
    expect(desk.locator(".queue tr.unread").get_by_text("Warm again.")).to_be_visible()
