"""Customers' messages, replies and notes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from core import options
from tests.factories import make_inbound, make_note, make_reply, make_ticket
from tickets.actions import (
    StaleReply,
    Typed,
    change_status,
    close_ticket,
    discard_draft,
    mark_delivery,
    release_message,
    save_draft,
    withdraw_reply,
)
from tickets.actions.delivery import DeliveryNews
from tickets.actors import Actor
from tickets.content import Author
from tickets.models import Draft, Event, TicketLink
from tickets.models.vocabulary import Kind
from tickets.vocabulary import default_status, status_after_reply

pytestmark = pytest.mark.django_db


def kinds(ticket):
    return list(ticket.events.values_list("kind", flat=True))


def test_reply_stops_the_wait_assigns_and_sets_status(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    make_reply(ticket, ada, after=status_after_reply())
    ticket.refresh_from_db()
    assert ticket.waiting_since is None
    assert ticket.assignee == ada
    assert ticket.status_kind == "waiting_customer"
    assert ticket.first_responded_at == ticket.last_staff_at
    assert kinds(ticket) == ["opened", "replied", "changed"]


def test_reply_renders_markdown_and_drops_scripts(technical, cleo, ada):
    message = make_reply(make_ticket(cleo, technical), ada, "**Hold** <script>alert(1)</script>")
    assert "<strong>Hold</strong>" in message.html
    assert "<script" not in message.html


def test_stale_reply_is_refused_with_the_news(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    seen = ticket.last_message_id
    news = make_inbound(ticket, "It works again")
    with pytest.raises(StaleReply) as refusal:
        make_reply(ticket, ada, seen=seen)
    assert refusal.value.news == [news]
    assert make_reply(ticket, ada, seen=news.pk).pk


def test_first_response_is_never_rewritten(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    first = make_reply(ticket, ada)
    make_inbound(ticket)
    make_reply(ticket, ada, now=timezone.now() + timedelta(hours=2))
    ticket.refresh_from_db()
    assert ticket.first_responded_at == first.created_at


def test_note_changes_neither_wait_nor_preview(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    before = ticket.waiting_since
    make_note(ticket, ada)
    ticket.refresh_from_db()
    assert ticket.waiting_since == before
    assert "Valve" not in ticket.last_message_preview
    assert ticket.first_responded_at is None


def test_reply_by_customer_resumes_ticket_that_waited(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    make_reply(ticket, ada, after=status_after_reply())
    make_inbound(ticket)
    ticket.refresh_from_db()
    assert ticket.status_kind == "open"
    assert ticket.waiting_since is not None


def test_wait_counts_from_the_oldest_unanswered_message(technical, cleo):
    ticket = make_ticket(cleo, technical)
    make_inbound(ticket, now=timezone.now() + timedelta(hours=1))
    ticket.refresh_from_db()
    assert ticket.waiting_since == ticket.created_at


def test_reply_by_customer_reopens_closed_ticket(technical, cleo, ada):
    ticket = close_ticket(
        make_ticket(cleo, technical), actor=Actor.of_user(ada), now=timezone.now()
    )
    make_inbound(ticket)
    ticket.refresh_from_db()
    assert (ticket.is_open, ticket.reopened_count, ticket.closed_at) == (True, 1, None)
    assert kinds(ticket)[-1] == Event.Kind.REOPENED


def test_automatic_reply_neither_reopens_nor_counts(technical, cleo, ada):
    ticket = close_ticket(
        make_ticket(cleo, technical), actor=Actor.of_user(ada), now=timezone.now()
    )
    make_inbound(ticket, author=Author(name="Cleo", is_automatic=True))
    ticket.refresh_from_db()
    assert not ticket.is_open
    assert ticket.waiting_since is None


def test_answer_after_the_window_opens_a_linked_ticket(technical, cleo, ada):
    closed_at = timezone.now() - timedelta(days=15)
    ticket = make_ticket(cleo, technical, now=closed_at)
    close_ticket(ticket, actor=Actor.of_user(ada), now=closed_at)
    message = make_inbound(ticket)
    assert message.ticket != ticket
    link = TicketLink.objects.get(source=message.ticket)
    assert (link.target, link.kind) == (ticket, "follows")
    ticket.refresh_from_db()
    assert not ticket.is_open


def test_window_is_an_option(technical, cleo, ada):
    options.set_value("tickets.reopen_days", 30, actor=None, now=timezone.now())
    closed_at = timezone.now() - timedelta(days=15)
    ticket = make_ticket(cleo, technical, now=closed_at)
    close_ticket(ticket, actor=Actor.of_user(ada), now=closed_at)
    assert make_inbound(ticket).ticket == ticket


def test_held_message_is_not_public_until_released(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    make_reply(ticket, ada)
    held = make_inbound(ticket, "I am a stranger", author=Author(name="X", is_held=True))
    ticket.refresh_from_db()
    assert ticket.waiting_since is None
    assert held not in ticket.messages.public()
    release_message(held, actor=Actor.of_user(ada), now=timezone.now())
    ticket.refresh_from_db()
    assert held in ticket.messages.public()
    assert ticket.waiting_since is not None


def test_withdrawn_reply_becomes_the_draft_and_puts_everything_back(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    waited = ticket.waiting_since
    message = make_reply(ticket, ada, "Too early", after=status_after_reply())
    withdraw_reply(message, actor=Actor.of_user(ada), now=timezone.now())
    ticket.refresh_from_db()
    assert (ticket.status_kind, ticket.assignee, ticket.waiting_since) == ("new", None, waited)
    assert ticket.first_responded_at is None
    assert message not in ticket.messages.public()
    assert ticket.last_message_by == "customer"
    assert Draft.objects.get(ticket=ticket, user=ada).text == "Too early"


def test_withdrawing_keeps_what_was_said_since(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    message = make_reply(ticket, ada, after=default_status(Kind.WAITING_CUSTOMER))
    make_inbound(ticket)
    withdraw_reply(message, actor=Actor.of_user(ada), now=timezone.now())
    ticket.refresh_from_db()
    assert ticket.status_kind == "open"
    assert ticket.waiting_since is not None


def test_failed_delivery_is_an_event_and_shown(technical, cleo, ada):
    message = make_reply(make_ticket(cleo, technical), ada)
    news = DeliveryNews(state="failed", detail="550 no such user")
    mark_delivery(message, news=news, actor=Actor.system("Outbox"), now=timezone.now())
    message.refresh_from_db()
    assert (message.delivery_state, message.delivery_detail) == ("failed", "550 no such user")
    assert kinds(message.ticket)[-1] == Event.Kind.DELIVERY_FAILED


def test_late_draft_save_does_not_resurrect_a_sent_draft(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    now = timezone.now()
    assert save_draft(ticket, user=ada, typed=Typed(text="Hel"), revision=1, now=now)
    assert save_draft(ticket, user=ada, typed=Typed(text="Hello"), revision=3, now=now)
    discard_draft(ticket, user=ada, now=now)
    assert not save_draft(ticket, user=ada, typed=Typed(text="Hell"), revision=2, now=now)
    assert Draft.objects.get(ticket=ticket, user=ada).text == ""


def test_status_change_by_hand_is_one_event(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    hold = default_status(Kind.WAITING_THIRD_PARTY)
    change_status(ticket, status=hold, actor=Actor.of_user(ada), now=timezone.now())
    change_status(ticket, status=hold, actor=Actor.of_user(ada), now=timezone.now())
    event = ticket.events.get(kind="changed")
    assert event.data["changes"]["status"]["before"]["kind"] == "new"
    assert event.data["changes"]["status"]["after"]["pauses"] == ["resolution", "update"]
