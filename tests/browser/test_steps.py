"""Escalating, handing over and setting aside as agents do it."""

from __future__ import annotations

import pytest

from tests.factories import make_ticket
from tickets.models import Ticket

pytestmark = pytest.mark.usefixtures("untroubled")


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical, subject="Espresso line leaks")


def test_an_agent_escalates_with_one_form(visit, max_, ticket, billing):
    page = visit(f"/admin/tickets/ticket/{ticket.number}", user=max_)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("link", name="Escalate").click()
    page.get_by_label("Escalate to").select_option("Billing")
    page.get_by_label("What was investigated").fill("The contract.")
    page.get_by_label("Why it needs somebody else").fill("Only they can read it.")
    page.get_by_role("button", name="Escalate", exact=True).click()
    page.get_by_text("Hand-over note by Max").wait_for()
    page.locator(".ticket-head").get_by_text("Escalated, level 2").wait_for()
    ticket.refresh_from_db()
    assert (ticket.department, ticket.escalation_level) == (billing, 2)


def test_the_note_is_asked_for_in_place_and_nothing_typed_is_lost(visit, max_, ticket, billing):
    page = visit(f"/admin/tickets/ticket/{ticket.number}", user=max_)
    page.locator("#id_text").fill("Dear Cleo, half a reply")
    page.locator("#property-department").select_option("Billing")
    page.get_by_label("Hand-over note").fill("About an invoice.")
    page.get_by_role("button", name="Hand over").click()
    page.get_by_text("Hand-over note by Max").wait_for()
    assert page.locator("#id_text").input_value() == "Dear Cleo, half a reply"
    assert page.locator("#ticket-step form").count() == 0
    ticket.refresh_from_db()
    assert ticket.department == billing


def test_z_sets_a_ticket_aside_and_one_click_brings_it_back(visit, ada, ticket):
    page = visit(f"/admin/tickets/ticket/{ticket.number}", user=ada)
    page.keyboard.press("z")
    page.get_by_role("button", name="3 hours").click()
    page.locator(".ticket-head").get_by_text("Snoozed until").wait_for()
    page.goto("/admin/tickets?view=snoozed")
    page.get_by_text("Espresso line leaks").click()
    page.get_by_role("button", name="Bring it back").click()
    page.locator(".ticket-head").get_by_text("Snoozed until").wait_for(state="detached")
    ticket.refresh_from_db()
    assert ticket.snoozed_until is None
