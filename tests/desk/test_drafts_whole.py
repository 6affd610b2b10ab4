"""A draft keeps the promise and the predefined replies that stand in it, wherever it comes from."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_inbound, make_ticket
from tickets.actions import take_over_draft, withdraw_reply
from tickets.actions.merging import merge_tickets
from tickets.actions.predefined import ReplyFacts, save_predefined
from tickets.actors import Actor
from tickets.models import Draft, Message, PredefinedReply, ScheduledReply, Ticket

pytestmark = pytest.mark.django_db
FORM = "%Y-%m-%dT%H:%M"


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


@pytest.fixture
def reply(max_) -> PredefinedReply:
    facts = ReplyFacts(fields={"name": "Bye", "shortcut": "bye"}, texts=[("en", "Bye then")])
    return save_predefined(None, facts=facts, actor=max_, now=timezone.now())


@pytest.fixture
def due():
    """Not one of the times the chip offers."""
    moment = timezone.localtime(timezone.now() + timedelta(days=3))
    return moment.replace(hour=3, minute=33, second=0, microsecond=0)


def url(ticket: Ticket, part: str = "") -> str:
    return f"/admin/tickets/ticket/{ticket.number}{part}"


def typed(reply, due, **fields) -> dict:
    told = {"promise_at": "pick", "promise_pick": due.strftime(FORM), "predefined": reply.pk}
    return {"kind": "reply", "text": "Bye then", "to": "cleo@harbour.example", **told, **fields}


def is_whole(page: str, reply, due) -> bool:
    """The page's composer promises and counts as it did when it was typed."""
    named = f'name="predefined" value="{reply.pk}"' in page
    chip = re.search(r'id="add-promise".*?<span>([^<]*)</span>', page, re.DOTALL)
    said = chip is not None and re.fullmatch(r"Promise: by .* 03:33", chip[1]) is not None
    return named and said and f'value="{due.strftime(FORM)}"' in page


def schedule(client, ticket, reply, due) -> ScheduledReply:
    leaves = (timezone.now() + timedelta(hours=1)).isoformat()
    sent = typed(reply, due, send_at=leaves, last_seen_message_id=ticket.last_message_id)
    assert client.post(url(ticket, "/messages"), sent).status_code == 303
    return ScheduledReply.objects.get()


def test_a_page_read_again_stands_as_it_was_typed(sign_in, ada, ticket, reply, due):
    client = sign_in(ada)
    client.post(url(ticket, "/draft"), typed(reply, due))
    assert is_whole(client.get(url(ticket)).content.decode(), reply, due)
    client.post(url(ticket, "/draft"), {"kind": "reply", "text": "All new"})
    assert not is_whole(client.get(url(ticket)).content.decode(), reply, due)


def test_a_scheduled_reply_taken_back_promises_again(sign_in, ada, ticket, reply, due):
    client = sign_in(ada)
    row = schedule(client, ticket, reply, due)
    client.post(url(ticket, f"/scheduled/{row.pk}/edition"))
    assert is_whole(client.get(url(ticket)).content.decode(), reply, due)


def test_a_reply_the_customer_forestalled_promises_again(sign_in, ada, ticket, reply, due):
    client = sign_in(ada)
    schedule(client, ticket, reply, due)
    make_inbound(ticket, now=timezone.now() + timedelta(minutes=1))
    assert is_whole(client.get(url(ticket)).content.decode(), reply, due)


def test_a_reply_undone_promises_again(sign_in, ada, ticket, reply, due):
    sent = typed(reply, due, last_seen_message_id=ticket.last_message_id)
    client = sign_in(ada)
    assert client.post(url(ticket, "/messages"), sent).status_code == 303
    message = Message.objects.get(kind="reply")
    withdraw_reply(message, actor=Actor.of_user(ada), now=timezone.now())
    assert is_whole(client.get(url(ticket)).content.decode(), reply, due)


def test_a_draft_taken_over_or_merged_away_keeps_all(sign_in, ada, max_, ticket, reply, due):
    sign_in(ada).post(url(ticket, "/draft/sharing"), typed(reply, due, shared="on"))
    take_over_draft(Draft.objects.get(user=ada), user=max_, now=timezone.now())
    assert is_whole(sign_in(max_).get(url(ticket)).content.decode(), reply, due)
    other = make_ticket(ticket.customer, ticket.department)
    merge_tickets(other, others=[ticket], actor=Actor.of_user(max_), now=timezone.now())
    assert is_whole(sign_in(max_).get(url(other)).content.decode(), reply, due)


def test_a_promise_that_has_been_is_not_made_again(sign_in, ada, ticket, reply):
    past = timezone.localtime(timezone.now() - timedelta(days=2))
    client = sign_in(ada)
    client.post(url(ticket, "/draft"), typed(reply, past))
    assert not is_whole(client.get(url(ticket)).content.decode(), reply, past)
