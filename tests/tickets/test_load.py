"""How much everybody has on their desk, what rules say, tags by rules."""

from __future__ import annotations

import pytest
from django.utils import timezone

from core import options
from tests.factories import make_ticket
from tickets.actions import assign_ticket, change_status, change_tags, close_ticket, reply
from tickets.actions.messages import Answer
from tickets.actors import Actor
from tickets.assignment import current_load
from tickets.content import Content, Recipients
from tickets.models import Status, Ticket

pytestmark = pytest.mark.django_db
now = timezone.now
RULE = Actor.of_rule(rule_id=1, name="Receipts", version_id=1)


def test_load_counts_what_needs_work_now(technical, cleo, ada, max_):
    actor = Actor.of_user(ada)
    tickets = [make_ticket(cleo, technical) for _ in range(3)]
    for ticket in tickets:
        assign_ticket(ticket, assignee=ada, actor=actor, now=now())
    close_ticket(tickets[0], actor=actor, now=now())
    change_status(tickets[1], status=Status.objects.get(slug="hold"), actor=actor, now=now())
    assert current_load([ada.pk, max_.pk]) == {ada.pk: 1, max_.pk: 0}
    options.set_value("tickets.load_counts_waiting", value=True, actor=max_, now=now())
    assert current_load([ada.pk]) == {ada.pk: 2}


def test_an_automatic_reply_counts_as_no_answer(technical, cleo):
    moment, ticket = now(), make_ticket(cleo, technical)
    answer = Answer(content=Content(text="Got it."), recipients=Recipients(to=(cleo.email,)))
    reply(ticket, answer=answer, actor=RULE, now=moment)
    ticket = Ticket.objects.get(pk=ticket.pk)
    assert (ticket.first_responded_at, ticket.assignee) == (None, None)
    assert ticket.last_human_at == ticket.created_at


def test_tags_are_added_and_removed_beside_the_others(technical, cleo):
    ticket = make_ticket(cleo, technical)
    change_tags(ticket, add=["VIP", "billing"], actor=RULE, now=now())
    change_tags(ticket, add=["vip"], remove=["Billing", "unknown"], actor=RULE, now=now())
    assert [tag.name for tag in ticket.tags.all()] == ["vip"]
    events = ticket.events.filter(kind="tagged")
    assert [(row.data["added"], row.data["removed"]) for row in events] == [
        (["billing", "vip"], []),
        ([], ["billing"]),
    ]
