"""Guest links that nobody can use any more go in time (X-20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import options, sweeping
from tests.factories import make_ticket
from tickets.actions import close_ticket, reopen_ticket
from tickets.actions.guests import issue_guest_token
from tickets.actors import Actor
from tickets.guests import RENEWABLE, forget_dead_links
from tickets.models import GuestLink, Ticket

pytestmark = pytest.mark.django_db
CREATED = timezone.now() - timedelta(days=400)


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    ticket = make_ticket(cleo, technical, now=CREATED)
    GuestLink.objects.all().delete()
    issue_guest_token(ticket, email=cleo.email, now=CREATED)
    return ticket


def life() -> timedelta:
    return timedelta(days=options.value("tickets.guest_days")) + RENEWABLE


def test_link_goes_when_it_is_dead_for_long(ticket, ada):
    now = timezone.now()
    close_ticket(ticket, actor=Actor.of_user(ada), now=now - life() - timedelta(minutes=1))
    assert forget_dead_links(now) == 1
    assert not GuestLink.objects.exists()


def test_link_whose_page_still_offers_a_fresh_one_stays(ticket, ada):
    now = timezone.now()
    close_ticket(ticket, actor=Actor.of_user(ada), now=now - life() + timedelta(minutes=1))
    assert forget_dead_links(now) == 0


def test_link_of_an_open_ticket_stays_for_ever(ticket, ada):
    assert forget_dead_links(timezone.now()) == 0
    close_ticket(ticket, actor=Actor.of_user(ada), now=CREATED)
    reopen_ticket(ticket, actor=Actor.of_user(ada), now=CREATED)
    assert forget_dead_links(timezone.now()) == 0


def test_link_asked_for_after_the_end_has_a_life_of_its_own(ticket, ada, cleo):
    now = timezone.now()
    close_ticket(ticket, actor=Actor.of_user(ada), now=CREATED)
    issue_guest_token(ticket, email=cleo.email, now=now - life() + timedelta(minutes=1))
    assert forget_dead_links(now) == 1
    assert GuestLink.objects.count() == 1


def test_sweep_runs_once_an_hour(ticket, ada):
    now = timezone.now()
    close_ticket(ticket, actor=Actor.of_user(ada), now=CREATED)
    assert sweeping.run("tickets.guests", now=now) == 1
    issue_guest_token(ticket, email=ticket.customer.email, now=CREATED)
    assert sweeping.run("tickets.guests", now=now + timedelta(minutes=59)) == 0
    assert sweeping.run("tickets.guests", now=now + timedelta(minutes=61)) == 1
