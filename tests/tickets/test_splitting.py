"""A ticket about two things becomes two."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.files import put
from mailpipe.models import MessageIdentifier
from sla.actions.presets import ensure_policies
from sla.models import SlaClock
from tests.factories import make_customer, make_inbound, make_note, make_reply, make_ticket
from tickets import verify
from tickets.actions import Split, merge_tickets, split_ticket
from tickets.actors import Actor
from tickets.content import Content, NewFile
from tickets.models import Event, TicketLink

pytestmark = pytest.mark.django_db


def split(ticket, *messages, user, **fields):
    facts = {"subject": "The invoice", **fields}
    wanted = Split(messages=[row.pk for row in messages], **facts)
    return split_ticket(ticket, split=wanted, actor=Actor.of_user(user), now=timezone.now())


def test_chosen_messages_leave_with_their_files(ada, cleo) -> None:
    ticket = make_ticket(cleo)
    file = NewFile(filename="bill.pdf", content_type="application/pdf", stored=put(b"%PDF-1.4"))
    asked = make_inbound(ticket, content=Content(text="And the invoice?", files=(file,)))
    note = make_note(ticket, ada)
    fresh = split(ticket, asked, user=ada)
    ticket.refresh_from_db()
    assert [row.text for row in fresh.messages.all()] == ["And the invoice?"]
    assert asked.attachments.get().ticket == fresh
    assert fresh.customer == cleo
    assert fresh.department == ticket.department
    assert note in ticket.messages.all()
    assert ticket.message_count == 2
    for check in (verify.check_columns, verify.check_counts, verify.check_times):
        assert check(repair=False) == []


def test_both_tell_of_it_and_are_linked(ada, cleo) -> None:
    ticket = make_ticket(cleo)
    fresh = split(ticket, make_inbound(ticket), user=ada)
    assert ticket.events.get(kind=Event.Kind.SPLIT).data["number"] == fresh.number
    assert fresh.events.get(kind=Event.Kind.OPENED).data["split_from"] == ticket.number
    link = TicketLink.objects.get(source=fresh, target=ticket)
    assert link.kind == TicketLink.Kind.SPLIT


def test_clocks_of_the_new_ticket_begin_now_and_the_old_waits_for_nothing(owner, ada, cleo) -> None:
    ensure_policies(actor=None, now=timezone.now())
    ticket = make_ticket(cleo)
    make_reply(ticket, ada)
    asked = make_inbound(ticket, "And the invoice?")
    fresh = split(ticket, asked, user=ada)
    ticket.refresh_from_db()
    assert ticket.waiting_since is None
    started = SlaClock.objects.get(ticket=fresh, metric="first_response")
    assert started.state == "running"
    assert fresh.waiting_since == asked.created_at


def test_an_answer_to_a_moved_mail_finds_the_new_ticket(ada, cleo) -> None:
    ticket = make_ticket(cleo)
    asked = make_inbound(ticket)
    row = MessageIdentifier.objects.create(
        key="a@b", ticket=ticket, message=asked, created_at=timezone.now()
    )
    fresh = split(ticket, asked, user=ada)
    row.refresh_from_db()
    assert row.ticket == fresh


def test_something_stays_and_a_message_of_the_customer_goes(ada, cleo) -> None:
    ticket = make_ticket(cleo)
    note = make_note(ticket, ada)
    with pytest.raises(ValidationError):
        split(ticket, *ticket.messages.all(), user=ada)
    with pytest.raises(ValidationError):
        split(ticket, note, user=ada)


def test_the_author_may_get_their_own_message_as_a_ticket(ada, cleo) -> None:
    dana = make_customer("Dana")
    ticket = make_ticket(cleo)
    theirs, other = make_inbound(ticket, customer=dana), make_inbound(ticket)
    with pytest.raises(ValidationError):
        split(ticket, theirs, other, user=ada, customer=dana)
    assert split(ticket, theirs, user=ada, customer=dana).customer == dana


def test_messages_of_two_customers_are_not_split_into_one(ada, cleo, otto) -> None:
    first, second = make_ticket(cleo), make_ticket(otto)
    merge_tickets(first, others=[second], actor=Actor.of_user(ada), now=timezone.now())
    make_inbound(first)
    with pytest.raises(ValidationError):
        split(first, *list(first.messages.order_by("pk")[:2]), user=ada)
