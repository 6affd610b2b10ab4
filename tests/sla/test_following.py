"""Clocks of real tickets: started, paused, satisfied, reopened, with the queue's columns."""

from __future__ import annotations

import pytest

from sla.models import ClockEntry, SlaClock
from sla.recomputing import differences
from tests.factories import make_inbound, make_reply, make_ticket, remembered_tables
from tests.sla.conftest import at
from tickets.actions import change_status, withdraw_reply
from tickets.actors import Actor
from tickets.models import NO_DEADLINE, Status, Ticket

pytestmark = pytest.mark.django_db


def clock_of(ticket: Ticket, metric: str, cycle: int = 1) -> SlaClock:
    return SlaClock.objects.get(ticket=ticket, metric=metric, cycle=cycle)


def kinds(clock: SlaClock) -> list[str]:
    return list(ClockEntry.objects.filter(clock=clock).values_list("kind", flat=True))


def test_clocks_start_when_a_ticket_is_opened(promise, cleo, technical):
    promise(first_response=4, resolution=8)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:15"))
    assert clock_of(ticket, "first_response").due_at == at("2025-02-04 14:15")
    assert clock_of(ticket, "resolution").due_at == at("2025-02-05 09:15")
    ticket.refresh_from_db()
    assert ticket.sla_due_at == ticket.next_due_at == at("2025-02-04 14:15")
    assert (ticket.sla_metric, ticket.sla_state) == ("first_response", "running")
    assert ticket.due_reason == "sla"


def test_reply_satisfies_and_the_status_pauses(promise, cleo, ada, technical):
    promise(first_response=4, next_response=2, update=3, resolution=8)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    make_reply(ticket, ada, now=at("2025-02-04 12:00"), after=Status.objects.get(slug="answered"))
    first = clock_of(ticket, "first_response")
    assert (first.state, first.breached_at, first.elapsed_s) == ("satisfied", None, 7200)
    assert kinds(clock_of(ticket, "resolution")) == ["start", "pause"]
    assert kinds(clock_of(ticket, "update")) == ["start", "pause"]
    ticket.refresh_from_db()
    assert (ticket.sla_due_at, ticket.sla_state) == (NO_DEADLINE, "paused")
    make_inbound(ticket, now=at("2025-02-04 15:00"))
    assert clock_of(ticket, "next_response").due_at == at("2025-02-04 17:00")
    assert clock_of(ticket, "resolution").due_at == at("2025-02-05 12:00")


def test_withdrawn_reply_satisfied_nothing(promise, cleo, ada, technical):
    promise(first_response=4, update=3)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    message = make_reply(ticket, ada, now=at("2025-02-04 12:00"))
    withdraw_reply(message, actor=Actor.of_user(ada), now=at("2025-02-04 12:00"))
    first = clock_of(ticket, "first_response")
    assert (first.state, first.due_at) == ("running", at("2025-02-04 14:00"))
    assert clock_of(ticket, "update").state == "cancelled"


def test_reopening_does_not_count_the_resolved_span(promise, cleo, ada, technical):
    promise(resolution=8)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    change_status(
        ticket,
        status=Status.objects.get(slug="closed"),
        actor=Actor.of_user(ada),
        now=at("2025-02-04 12:00"),
    )
    ticket.refresh_from_db()
    assert (clock_of(ticket, "resolution").state, ticket.sla_state) == ("satisfied", "met")
    make_inbound(ticket, now=at("2025-02-05 09:00"))
    assert clock_of(ticket, "resolution").due_at == at("2025-02-05 15:00")


def test_history_and_ledgers_agree(promise, cleo, ada, technical):
    promise(first_response=4, next_response=2, update=3, resolution=8)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    make_reply(ticket, ada, now=at("2025-02-04 12:00"), after=Status.objects.get(slug="answered"))
    make_inbound(ticket, now=at("2025-02-04 15:00"))
    assert [str(row) for row in differences()] == []


def test_reply_with_all_its_clocks_takes_at_most_fourteen_statements(
    promise, sign_in, cleo, ada, technical, statements
):
    promise(acknowledge=1, first_response=4, next_response=2, update=3, resolution=8)
    ticket = make_ticket(cleo, technical)
    client, page = sign_in(ada), f"/admin/tickets/ticket/{ticket.number}"
    client.get(page)
    fields = {
        "kind": "reply",
        "text": "On our way.",
        "to": cleo.email,
        "last_seen_message_id": ticket.last_message_id,
        "idempotency_key": "0ce7fa20-f41e-4108-b4bd-4b1e935852d3",
    }
    remembered_tables()
    with statements(14):
        assert client.post(f"{page}/messages", fields).status_code == 303


def test_paused_clock_names_the_status_that_pauses_it_now(promise, cleo, ada, technical):
    promise(resolution=8)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    for slug, hour in (("answered", 11), ("hold", 12)):
        status = Status.objects.get(slug=slug)
        now = at(f"2025-02-04 {hour}:00")
        change_status(ticket, status=status, actor=Actor.of_user(ada), now=now)
    clock = clock_of(ticket, "resolution")
    assert (clock.state, clock.reason, clock.elapsed_s) == ("paused", "On Hold", 3600)
    assert kinds(clock) == ["start", "pause", "pause"]
    assert list(differences()) == []
