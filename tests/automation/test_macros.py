"""Macros: offered where they fit, seen before they are done, never sent by surprise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from automation.macros import Wish, apply_macro, keep_text, offered, preview
from automation.models import Rule
from automation.versions import publish, rules_in_force
from tests.factories import make_inbound, make_ticket
from tickets.actions import StaleReply
from tickets.models import Draft, Message, Priority, Status, Ticket
from tickets.models.vocabulary import Kind

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HELLO = {"effect": "reply", "text": "Hello {customer.name}, about #{ticket.number}."}
CLOSE = {"effect": "close"}


@pytest.fixture
def ticket(ada, cleo, technical) -> Ticket:
    return make_ticket(cleo, technical, now=NOW)


def make_macro(*effects: dict, **fields):
    facts = {"name": "Solved", **fields}
    row = Rule.objects.create(kind="macro", effects=list(effects), **facts)
    publish("macro", actor=None, now=NOW)
    return rules_in_force("macro").rule(row.pk)


def names(ticket: Ticket, user) -> list[str]:
    return [rule.name for rule in offered(ticket, user, now=NOW)]


def run(macro, ticket: Ticket, user, **wish):
    return apply_macro(macro, ticket, user=user, wish=Wish(**wish), now=NOW)


def replies(ticket: Ticket) -> list[Message]:
    return list(ticket.messages.filter(kind=Message.Kind.REPLY))


def test_offered_to_its_owner_its_department_or_everybody(ticket, ada, ben, technical, billing):
    make_macro(CLOSE, name="Ada's", owner=ada)
    make_macro(CLOSE, name="Billing", department=billing)
    make_macro(CLOSE, name="All")
    make_macro(CLOSE, name="Off", is_enabled=False)
    assert names(ticket, ada) == ["Ada's", "All"]
    assert names(ticket, ben) == ["Billing", "All"]


def test_offered_where_the_conditions_hold(ticket, ada):
    make_macro(CLOSE, conditions={"field": "subject", "op": "contains_any", "value": ["invoice"]})
    assert names(ticket, ada) == []


def test_the_preview_writes_nothing_and_says_everything(ticket, ada):
    urgent = Priority.objects.order_by("rank").first()
    macro = make_macro(
        HELLO,
        {"effect": "set_priority", "priority": urgent.pk},
        {"effect": "add_tags", "tags": ["x"]},
    )
    shown = preview(macro, ticket, ada, now=NOW)
    (change,) = shown.changes
    assert (change.before, change.after) == (str(ticket.priority), str(urgent))
    assert shown.steps == ["add the tags x"]
    assert shown.text == f"Hello Cleo, about #{ticket.number}."
    assert not replies(ticket)
    assert ticket.events.count() == 1


def test_the_text_waits_in_the_composer_and_the_status_with_it(ticket, ada):
    macro = make_macro(HELLO, CLOSE, {"effect": "add_tags", "tags": ["solved"]})
    applied = run(macro, ticket, ada, text="Hello")
    ticket.refresh_from_db()
    assert applied.is_in_composer
    assert Draft.objects.get().text == "Hello"
    assert (replies(ticket), ticket.status_kind) == ([], Kind.NEW)
    assert ticket.tags.get().name == "solved"


def test_sent_when_the_agent_says_so(ticket, ada):
    macro = make_macro(HELLO, CLOSE)
    run(macro, ticket, ada, text="Edited text", sends=True, seen=ticket.last_message_id)
    ticket.refresh_from_db()
    (message,) = replies(ticket)
    assert (message.text, message.author_user, message.is_automatic) == ("Edited text", ada, False)
    assert ticket.status_kind == Kind.CLOSED


def test_a_half_written_draft_stays_and_is_not_sent(ticket, ada):
    keep_text(ticket, "Half a sen", user=ada, now=NOW - timedelta(minutes=1))
    run(make_macro(HELLO), ticket, ada, text="Whole text", sends=True)
    assert replies(ticket)[0].text == "Whole text"
    assert Draft.objects.get().text == "Half a sen"


def test_a_text_is_put_below_what_was_typed(ticket, ada):
    keep_text(ticket, "Half a sen", user=ada, now=NOW - timedelta(minutes=1))
    run(make_macro(HELLO), ticket, ada, text="Hello")
    assert Draft.objects.get().text == "Half a sen\n\nHello"


def test_nothing_is_sent_past_news(ticket, ada):
    macro, seen = make_macro(HELLO, CLOSE), ticket.last_message_id
    make_inbound(ticket, now=NOW + timedelta(seconds=1))
    with pytest.raises(StaleReply):
        run(macro, ticket, ada, text="Hello", sends=True, seen=seen)
    ticket.refresh_from_db()
    assert ticket.status_kind != Kind.CLOSED


def test_the_history_names_macro_and_agent_in_one_entry(ticket, ada):
    urgent = Priority.objects.order_by("rank").first()
    status = Status.objects.filter(kind=Kind.OPEN).first()
    macro = make_macro(
        {"effect": "set_priority", "priority": urgent.pk},
        {"effect": "set_status", "status": status.pk},
        name="Take up",
    )
    run(macro, ticket, ada)
    event = ticket.events.get(kind="changed")
    assert set(event.data["changes"]) == {"priority", "status"}
    assert (event.actor_name, event.data["macro"]) == ("Ada", "Take up")
    assert event.data["rule"]["id"] == macro.id


def test_who_answers_by_macro_takes_the_ticket(ticket, ada):
    run(make_macro(HELLO), ticket, ada, text="Hello", sends=True)
    ticket.refresh_from_db()
    assert ticket.assignee == ada


def test_a_macro_that_does_not_fit_any_more_is_refused(ticket, ada):
    fresh = {"field": "status_kind", "op": "is", "value": "new"}
    macro = make_macro({"effect": "add_tags", "tags": ["x"]}, conditions=fresh)
    Ticket.objects.filter(pk=ticket.pk).update(
        status_kind=Kind.OPEN, status=Status.objects.filter(kind=Kind.OPEN).first()
    )
    with pytest.raises(ValidationError):
        run(macro, ticket, ada)


def test_a_step_that_cannot_be_done_is_told(ticket, ada, ben):
    macro = make_macro({"effect": "assign_to", "agent": ben.pk})
    (trouble,) = run(macro, ticket, ada).troubles
    assert "Ben is not a member of Technical" in trouble
