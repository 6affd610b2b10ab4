"""The timer in the top bar of every page: there after the start, gone after the stop."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.looking import sideways, violations
from tests.factories import make_customer, make_ticket
from tickets.actions import start_timer
from tickets.actors import Actor

TIMER = "#running-timer a"


def test_it_follows_the_buttons_of_the_ticket(visit, ada, technical, untroubled):
    ticket = make_ticket(make_customer("Cleo"), technical)
    page = visit(f"/admin/tickets/ticket/{ticket.number}", user=ada)
    press = "document.querySelector('#start-time').click()"
    page.wait_for_load_state("networkidle")
    page.evaluate(press)
    expect(page.locator(TIMER)).to_contain_text(f"#{ticket.number} · 0 min")
    expect(page.locator("#start-time")).to_contain_text("Stop the timer", use_inner_text=False)
    page.evaluate(press)
    expect(page.locator(TIMER)).to_have_count(0)


@pytest.mark.parametrize("width", [320, 820, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_room_on_every_page(visit, ada, technical, width, scheme, untroubled):
    ticket = make_ticket(make_customer("Cleo"), technical)
    start_timer(ticket, actor=Actor.of_user(ada), now=timezone.now())
    page = visit("/admin/tickets", user=ada, width=width, color_scheme=scheme)
    expect(page.locator(TIMER)).to_be_visible()
    assert not sideways(page)
    assert not violations(page)
    page.locator(TIMER).click()
    expect(page).to_have_url(f"{page.url.split('/admin')[0]}/admin/tickets/ticket/{ticket.number}")
