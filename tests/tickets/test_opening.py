"""Opening a ticket."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from core import events as core_events
from tests.factories import make_customer, make_reply, make_ticket
from tickets.actions.opening import next_number, number_from, reserve_numbers
from tickets.events import TicketAdmitted, TicketOpened
from tickets.models import NO_DEADLINE, Event, SearchDocument

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch):
    """Events as they are emitted, beside the real reactions."""
    emitted = []
    real = core_events._placed

    def spy(event):
        placed = real(event)
        emitted.append(placed)
        return placed

    monkeypatch.setattr(core_events, "_placed", spy)
    return emitted


def test_ticket_starts_new_open_and_waiting(technical, cleo):
    now = timezone.now()
    ticket = make_ticket(cleo, technical, now=now)
    assert (ticket.status_kind, ticket.is_open, ticket.priority.slug) == ("new", True, "medium")
    assert ticket.waiting_since == ticket.last_customer_at == now
    assert ticket.due_reason == "waiting"
    assert (ticket.next_due_at - now).total_seconds() == 4 * 3600


def test_opening_emits_opened_then_admitted_in_one_chain(technical, cleo, heard):
    ticket = make_ticket(cleo, technical)
    mine = [e for e in heard if isinstance(e, TicketOpened | TicketAdmitted)]
    assert [type(e) for e in mine] == [TicketOpened, TicketAdmitted]
    assert all(e.ticket == ticket and e.depth == 0 for e in mine)


def test_opening_records_one_event_with_status_as_it_was(technical, cleo):
    ticket = make_ticket(cleo, technical)
    event = ticket.events.get()
    assert event.kind == Event.Kind.OPENED
    assert event.data["status"]["kind"] == "new"
    assert event.data["department"]["name"] == "Technical"
    assert (event.actor_kind, event.actor_name) == ("customer", "Cleo")


def test_first_message_is_cleaned_and_shown(technical, cleo):
    ticket = make_ticket(cleo, technical, text="See https://example.org\x00 <b>now</b>")
    message = ticket.messages.get()
    assert "\x00" not in message.text
    assert "<b>" not in message.html
    assert 'href="https://example.org"' in message.html
    assert ticket.last_message_preview.startswith("See https://example.org")
    assert SearchDocument.objects.get(ticket=ticket).is_stale


def test_long_subject_is_cut_and_kept_in_full(technical, cleo):
    ticket = make_ticket(cleo, technical, subject="x" * 300)
    assert len(ticket.subject) == 255
    assert ticket.full_subject == "x" * 300


def test_numbers_rise_and_can_be_reserved(db):
    first = next_number()
    reserved = reserve_numbers(50)
    assert len(reserved) == 50
    assert reserved[0] == first + 1
    assert next_number() == reserved[-1] + 1


def test_history_is_append_only(technical, cleo):
    event = make_ticket(cleo, technical).events.get()
    for change in (
        "UPDATE tickets_event SET kind = 'x' WHERE id = %s",
        "DELETE FROM tickets_event WHERE id = %s",
    ):
        with (
            pytest.raises(Exception, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change, [event.pk])


def test_open_flag_cannot_contradict_status(technical, cleo):
    ticket = make_ticket(cleo, technical)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(ticket).objects.filter(pk=ticket.pk).update(status_kind="closed")


def test_ticket_without_wait_has_no_deadline(technical, cleo, ada):
    ticket = make_ticket(cleo, technical)
    make_reply(ticket, ada)
    ticket.refresh_from_db()
    assert (ticket.next_due_at, ticket.due_reason) == (NO_DEADLINE, "")


def test_failing_reaction_undoes_the_ticket(technical, monkeypatch):
    customer = make_customer("Mira")

    def broken(event):
        raise RuntimeError("clock")

    monkeypatch.setitem(core_events._reactions, TicketAdmitted, [broken])
    with pytest.raises(RuntimeError, match="clock"):
        make_ticket(customer, technical)
    assert customer.tickets.count() == 0


def test_a_reserved_number_is_of_one_ticket(technical):
    """A rule that opens a ticket meanwhile takes a number of its own."""
    with number_from(next_number()):
        first, second = make_ticket(), make_ticket()
    assert second.number == first.number + 1
