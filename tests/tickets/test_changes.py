"""Change-sets, tags, followers, links, ends and returns."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core import options
from tests.factories import make_customer, make_ticket
from tickets.actions import (
    Changes,
    add_followers,
    assign_ticket,
    change_ticket,
    close_ticket,
    delete_ticket,
    link_tickets,
    mark_spam,
    remove_follower,
    reopen_ticket,
    set_tags,
    transfer_ticket,
    unmark_spam,
)
from tickets.actions.followers import NewFollower
from tickets.actors import Actor
from tickets.models import Priority, Ticket, TicketLink

pytestmark = pytest.mark.django_db
now = timezone.now


def test_one_change_set_is_one_event_over_all_fields(technical, billing, cleo, max_):
    ticket = make_ticket(cleo, technical)
    changes = Changes(
        priority=Priority.objects.get(slug="urgent"), department=billing, subject="  Two\nlines "
    )
    ticket = change_ticket(ticket, changes=changes, actor=Actor.of_user(max_), now=now())
    assert (ticket.priority_rank, ticket.department, ticket.subject) == (1, billing, "Two lines")
    event = ticket.events.get(kind="changed")
    assert set(event.data["changes"]) == {"priority", "department", "subject"}


def test_no_change_writes_nothing(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    change_ticket(
        ticket, changes=Changes(priority=ticket.priority), actor=Actor.of_user(ada), now=now()
    )
    assert ticket.events.count() == 1


def test_outsider_cannot_be_assigned(technical, cleo, ada, ben):
    ticket = make_ticket(cleo, technical)
    with pytest.raises(ValidationError, match="not a member of Technical"):
        assign_ticket(ticket, assignee=ben, actor=Actor.of_user(ada), now=now())


def test_moving_away_drops_an_assignee_who_cannot_follow(technical, billing, cleo, ada):
    ticket = make_ticket(cleo, technical)
    assign_ticket(ticket, assignee=ada, actor=Actor.of_user(ada), now=now())
    ticket = transfer_ticket(ticket, department=billing, actor=Actor.of_user(ada), now=now())
    assert ticket.assignee is None


def test_closing_twice_is_closing_once(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    for _ in range(2):
        ticket = close_ticket(ticket, actor=Actor.of_user(ada), now=now())
    assert (ticket.is_open, ticket.waiting_since) == (False, None)
    assert list(ticket.events.values_list("kind", flat=True)) == ["opened", "closed"]


def test_customer_reopens_and_waits_again(technical, cleo, ada):
    ticket = close_ticket(make_ticket(cleo, technical), actor=Actor.of_user(ada), now=now())
    ticket = reopen_ticket(ticket, actor=Actor.of_customer(cleo), now=now())
    assert ticket.is_open
    assert ticket.waiting_since is not None


def test_spam_leaves_the_queue_and_comes_back(technical, cleo, ada):
    ticket = mark_spam(make_ticket(cleo, technical), actor=Actor.of_user(ada), now=now())
    assert ticket not in Ticket.objects.open()
    ticket = unmark_spam(ticket, actor=Actor.of_user(ada), now=now())
    assert ticket in Ticket.objects.open()


def test_deleted_ticket_is_visible_to_nobody(technical, cleo, ada, max_):
    ticket = delete_ticket(make_ticket(cleo, technical), actor=Actor.of_user(max_), now=now())
    for reader in (ada, max_, cleo.user):
        assert ticket not in Ticket.objects.all().visible_to(reader)


def test_tags_are_words_without_case(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    set_tags(ticket, names=["VIP", "refund"], actor=Actor.of_user(ada), now=now())
    set_tags(ticket, names=["vip", "Broken"], actor=Actor.of_user(ada), now=now())
    assert set(ticket.tags.values_list("name", flat=True)) == {"vip", "broken"}
    assert ticket.events.filter(kind="tagged").count() == 2


def test_followers_are_capped_and_never_the_requester(technical, cleo, ada):
    options.set_value("tickets.max_followers", 2, actor=None, now=now())
    ticket = make_ticket(cleo, technical)
    new = [
        NewFollower(email=e)
        for e in (cleo.email, "a@x.example", "a@x.example", "b@x.example", "c@x.example")
    ]
    add_followers(ticket, followers=new, actor=Actor.of_user(ada), now=now())
    assert list(ticket.followers.values_list("email", flat=True)) == ["a@x.example", "b@x.example"]
    remove_follower(ticket.followers.first(), actor=Actor.of_user(ada), now=now())
    assert ticket.followers.count() == 1


def test_link_is_made_once(technical, cleo, ada):
    one, two = make_ticket(cleo, technical), make_ticket(cleo, technical)
    for _ in range(2):
        link_tickets(one, target=two, kind="mentions", actor=Actor.of_user(ada), now=now())
    assert TicketLink.objects.count() == 1
    with pytest.raises(ValueError, match="itself"):
        link_tickets(one, target=one, kind="mentions", actor=Actor.of_user(ada), now=now())


def test_requester_can_change(technical, cleo, ada):
    mira = make_customer("Mira")
    ticket = change_ticket(
        make_ticket(cleo, technical),
        changes=Changes(customer=mira),
        actor=Actor.of_user(ada),
        now=now(),
    )
    assert ticket.customer == mira
