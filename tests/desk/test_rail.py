"""Numbers beside the links of the rail, and the saved views below them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_ticket
from tickets.actions import start_timer
from tickets.actors import Actor
from tickets.models import SavedView, Ticket, TimeEntry

pytestmark = pytest.mark.django_db
RAIL = "/admin/rail"


def numbers(client) -> dict[str, str]:
    shown = client.get(RAIL).context["rail"]
    return {number.place: str(number.counter) for number in shown.numbers}


def test_numbers_are_what_the_reader_may_see(ada, ben, cleo, technical, sign_in) -> None:
    make_ticket(cleo, technical)
    assert ">1<" in numbers(sign_in(ada))["count-desk-queue"]
    assert numbers(sign_in(ben)) == {"count-desk-queue": "", "count-desk-tasks": ""}


def test_every_page_has_the_places_for_them(ada, sign_in) -> None:
    client = sign_in(ada)
    page = client.get("/admin/tickets").content.decode()
    assert all(f'id="{place}"' in page for place in numbers(client))
    assert f'hx-get="{RAIL}?view="' in page


def test_saved_views_are_links_with_their_numbers(ada, ben, cleo, technical, sign_in) -> None:
    make_ticket(cleo, technical)
    view = SavedView.objects.create(name="Returns", base="attention", owner=ada, conditions={})
    pins = sign_in(ada).get(RAIL, {"view": view.slug}).context["rail"].pins
    assert [(pin.title, ">1<" in str(pin.counter), pin.is_current) for pin in pins] == [
        ("Returns", True, True)
    ]
    assert sign_in(ben).get(RAIL).context["rail"].pins == []


def test_the_timer_that_runs_is_told_until_it_is_stopped(ada, cleo, technical, sign_in) -> None:
    ticket, client, now = make_ticket(cleo, technical), sign_in(ada), timezone.now()
    assert client.get(RAIL).context["rail"].timer is None
    path = f"/admin/tickets/ticket/{ticket.number}/time_entries/timer"
    client.post(path)
    TimeEntry.objects.update(started_at=now - timedelta(minutes=12, seconds=9))
    page = client.get(RAIL, headers={"HX-Request": "true"}).content.decode()
    assert f'href="/admin/tickets/ticket/{ticket.number}"' in page
    assert "12 min" in page
    client.post(f"{path}/removal")
    assert client.get(RAIL).context["rail"].timer is None


def test_hours_of_a_timer_and_whose_it_is(ada, max_, cleo, technical, sign_in) -> None:
    ticket, now = make_ticket(cleo, technical), timezone.now()
    start_timer(ticket, actor=Actor.of_user(ada), now=now - timedelta(minutes=65))
    assert sign_in(ada).get(RAIL).context["rail"].timer.span == "1:05 h"
    assert sign_in(max_).get(RAIL).context["rail"].timer is None


def test_a_timer_on_a_ticket_that_went_elsewhere_is_not_told(
    ada, cleo, technical, billing, sign_in
) -> None:
    ticket = make_ticket(cleo, technical)
    start_timer(ticket, actor=Actor.of_user(ada), now=timezone.now())
    Ticket.objects.filter(pk=ticket.pk).update(department=billing)
    assert sign_in(ada).get(RAIL).context["rail"].timer is None


def test_the_place_of_the_timer_costs_the_queue_nothing(ada, cleo, technical, sign_in) -> None:
    ticket, client = make_ticket(cleo, technical), sign_in(ada)
    start_timer(ticket, actor=Actor.of_user(ada), now=timezone.now())
    assert '<span id="running-timer"></span>' in client.get("/admin/tickets").content.decode()


def test_it_costs_six_statements(ada, sign_in, statements) -> None:
    client = sign_in(ada)
    client.get(RAIL)
    with statements(6):
        client.get(RAIL)
