"""Rows of steps over many tickets: each ticket once, what it had before, putting it back."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.utils import timezone

from tests.factories import make_ticket
from tickets.actions import (
    BulkWish,
    can_undo,
    change_ticket,
    finish_bulk,
    forget_bulk_runs,
    put_back,
    start_bulk,
    take_ticket,
    undo_bulk,
)
from tickets.actions.changes import Changes
from tickets.actors import Actor
from tickets.bulk import KEPT, Deed
from tickets.models import BulkRun, BulkRunTicket, Ticket
from tickets.vocabulary import priorities

pytestmark = pytest.mark.django_db
State = BulkRunTicket.State


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def ticket(ada, cleo, technical) -> Ticket:
    return make_ticket(cleo, technical)


@pytest.fixture
def run(ada, ticket, now) -> BulkRun:
    return start_bulk(BulkWish(step="priority", ticket_ids=[ticket.pk]), user=ada, now=now)


def urgent(ticket: Ticket, _row: BulkRunTicket, now: datetime) -> str:
    changes = Changes(priority=priorities()[0])
    change_ticket(ticket, changes=changes, actor=Actor.system("Test"), now=now)
    return ""


def deed(act=urgent) -> Deed:
    return Deed(act=act, tickets=Ticket.objects.alive(), fields=("priority",))


def taken(run: BulkRun, now: datetime, act=urgent) -> BulkRunTicket:
    row = run.rows.get()
    take_ticket(row.pk, deed=deed(act), now=now)
    row.refresh_from_db()
    return row


def test_a_row_keeps_what_the_ticket_had_and_has(run, ticket, now):
    row = taken(run, now)
    assert row.state == State.DONE
    assert row.before == {"priority": ticket.priority_id}
    assert row.after == {"priority": priorities()[0].pk}


def test_a_row_is_taken_once(run, ticket, now):
    taken(run, now)
    Ticket.objects.filter(pk=ticket.pk).update(priority=ticket.priority_id)
    taken(run, now)
    assert Ticket.objects.get(pk=ticket.pk).priority_id == ticket.priority_id


def test_what_was_so_already_is_told_apart(run, ticket, now):
    urgent(ticket, run.rows.get(), now)
    assert taken(run, now).state == State.SAME


def test_a_refusal_undoes_its_own_ticket_and_says_why(run, ticket, now):
    def refusing(ticket: Ticket, row: BulkRunTicket, now: datetime) -> str:
        urgent(ticket, row, now)
        raise ValidationError("Not on Sundays.")

    row = taken(run, now, refusing)
    assert (row.state, row.reason) == (State.REFUSED, "Not on Sundays.")
    assert Ticket.objects.get(pk=ticket.pk).priority_id == ticket.priority_id


def test_a_ticket_somebody_holds_is_told_as_such(run, now):
    def waiting(_ticket: Ticket, _row: BulkRunTicket, _now: datetime) -> str:
        raise OperationalError("lock not available")

    row = taken(run, now, waiting)
    assert (row.state, row.reason) == (State.REFUSED, "Somebody else was changing it.")


def test_a_fault_leaves_the_row_to_be_tried_again(run, ticket, now):
    def faulty(ticket: Ticket, row: BulkRunTicket, now: datetime) -> str:
        urgent(ticket, row, now)
        raise RuntimeError("bug")

    with pytest.raises(RuntimeError):
        take_ticket(run.rows.get().pk, deed=deed(faulty), now=now)
    assert run.rows.get().state == State.PENDING
    assert Ticket.objects.get(pk=ticket.pk).priority_id == ticket.priority_id


def test_a_ticket_out_of_sight_is_not_touched(run, ticket, now):
    hidden = Deed(act=urgent, tickets=Ticket.objects.none(), fields=("priority",))
    take_ticket(run.rows.get().pk, deed=hidden, now=now)
    assert run.rows.get().reason == "There is no such ticket for you."
    assert Ticket.objects.get(pk=ticket.pk).priority_id == ticket.priority_id


def test_undoing_is_a_run_with_before_and_after_exchanged(run, ada, now):
    row = taken(run, now)
    undo = undo_bulk(finish_bulk(run, now=now), user=ada, now=now)
    told = undo.rows.get()
    assert (told.before, told.after) == (row.after, row.before)
    assert undo_bulk(run, user=ada, now=now) == undo


def test_nobody_else_undoes_it(run, max_, now):
    taken(run, now)
    with pytest.raises(ValidationError):
        undo_bulk(finish_bulk(run, now=now), user=max_, now=now)


def test_it_can_be_undone_for_ten_minutes_once_it_is_over(run, now):
    taken(run, now)
    assert not can_undo(run, now=now)
    over = finish_bulk(run, now=now)
    assert can_undo(over, now=now + timedelta(minutes=10))
    assert not can_undo(over, now=now + timedelta(minutes=11))


def test_a_value_that_moved_on_is_left_alone(run, ada, ticket, now):
    row = taken(run, now)
    row.before, row.after = row.after, row.before
    last = priorities()[-1]
    change_ticket(ticket, changes=Changes(priority=last), actor=Actor.of_user(ada), now=now)
    with pytest.raises(ValidationError, match="changed meanwhile"):
        put_back(ticket, row=row, actor=Actor.of_user(ada), now=now)
    assert Ticket.objects.get(pk=ticket.pk).priority == last


def test_old_runs_are_forgotten(run, now):
    assert forget_bulk_runs(now) == 0
    forget_bulk_runs(now + KEPT + timedelta(days=1))
    assert not BulkRun.objects.exists()
