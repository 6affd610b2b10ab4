"""Promises: the queue's date, kept by an answer, broken by time, taken back with the reply (N12)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from core.models import TimedAction
from core.timers import act_on_due
from notifications.models import Notification
from tests.factories import make_inbound, make_reply, make_ticket
from tickets import actions
from tickets.actions.promises import make_promise
from tickets.actors import Actor
from tickets.models import NO_DEADLINE, Event, Promise, Status, Ticket
from tickets.promises import check_promises, open_promise, record

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 12, 9, tzinfo=UTC)
NOON = datetime(2026, 5, 13, 12, tzinfo=UTC)
State = Promise.State


@pytest.fixture
def ticket(cleo, technical, ada) -> Ticket:
    found = make_ticket(cleo, technical, now=NOW - timedelta(hours=1))
    return actions.assign_ticket(found, assignee=ada, actor=Actor.of_user(ada), now=NOW)


@pytest.fixture
def promise(ticket, ada) -> Promise:
    return make_promise(ticket, due_at=NOON, actor=Actor.of_user(ada), now=NOW, text="Valve kit")


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def test_a_promise_is_the_next_thing_due(ticket, ada):
    make_reply(ticket, ada, now=NOW)
    make_promise(ticket, due_at=NOON, actor=Actor.of_user(ada), now=NOW)
    found = fresh(ticket)
    assert (found.promised_at, found.next_due_at, found.due_reason) == (NOON, NOON, "promise")
    assert found.events.filter(kind=Event.Kind.PROMISE, data__step="made").count() == 1


def test_a_past_time_and_a_closed_ticket_are_refused(ticket, ada):
    with pytest.raises(ValidationError):
        make_promise(ticket, due_at=NOW, actor=Actor.of_user(ada), now=NOW)
    actions.close_ticket(ticket, actor=Actor.of_user(ada), now=NOW)
    with pytest.raises(ValidationError):
        make_promise(ticket, due_at=NOON, actor=Actor.of_user(ada), now=NOW)


def test_the_notice_of_an_appointment_keeps_none(ticket, promise, ada):
    starts_at, actor = NOON + timedelta(days=2), Actor.of_user(ada)
    booking = actions.Booking(
        title="Visit",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        responsible=ada,
        tells_customer=True,
    )
    actions.book_appointment(ticket, booking=booking, actor=actor, now=NOW)
    assert ticket.messages.filter(kind="reply").exists()
    assert fresh(promise).state == State.OPEN


def test_an_answer_before_its_time_keeps_it(ticket, promise, ada):
    message = make_reply(fresh(ticket), ada, now=NOON - timedelta(hours=1))
    kept = fresh(promise)
    assert (kept.state, kept.kept_with) == (State.KEPT, message)
    assert open_promise(fresh(ticket)) is None
    assert not TimedAction.objects.filter(kind__startswith="tickets.promise", state="pending")
    assert check_promises(repair=False) == []


def test_a_late_answer_does_not_keep_it(ticket, promise, ada):
    make_reply(fresh(ticket), ada, now=NOON + timedelta(seconds=1))
    assert fresh(promise).state == State.BROKEN
    assert fresh(ticket).promised_at == NO_DEADLINE


def test_an_answer_that_closes_keeps_it_too(ticket, promise, ada):
    closed = make_reply(
        fresh(ticket), ada, now=NOON - timedelta(hours=1), after=Status.objects.get(slug="closed")
    ).ticket
    assert fresh(promise).state == State.KEPT
    assert fresh(closed).next_due_at == NO_DEADLINE


def test_a_customer_who_writes_keeps_nothing(ticket, promise):
    make_inbound(fresh(ticket), now=NOW + timedelta(hours=1))
    assert fresh(promise).state == State.OPEN


def test_a_reply_taken_back_opens_it_again(ticket, promise, ada):
    message = make_reply(fresh(ticket), ada, now=NOW + timedelta(minutes=1))
    actions.withdraw_reply(message, actor=Actor.of_user(ada), now=NOW + timedelta(minutes=1))
    assert fresh(promise).state == State.OPEN
    assert fresh(ticket).promised_at == NOON


def test_a_reply_taken_back_takes_its_own_promise_along(ticket, ada):
    message = make_reply(ticket, ada, now=NOW)
    actor = Actor.of_user(ada)
    made = make_promise(fresh(ticket), due_at=NOON, actor=actor, now=NOW, message=message)
    actions.withdraw_reply(message, actor=actor, now=NOW + timedelta(seconds=2))
    assert fresh(made).state == State.WITHDRAWN
    assert fresh(ticket).promised_at == NO_DEADLINE


def test_moved_it_is_due_later_and_its_timers_with_it(ticket, promise, ada):
    later = NOON + timedelta(days=1)
    actions.move_promise(promise, due_at=later, actor=Actor.of_user(ada), now=NOW)
    assert fresh(ticket).promised_at == later
    act_on_due(NOON + timedelta(minutes=1))
    assert fresh(promise).state == State.OPEN


def test_withdrawn_it_binds_nobody(ticket, promise, ada):
    actions.withdraw_promise(promise, actor=Actor.of_user(ada), now=NOW)
    actions.keep_promise(promise, actor=Actor.of_user(ada), now=NOW)
    assert fresh(promise).state == State.WITHDRAWN
    assert fresh(ticket).promised_at == NO_DEADLINE


def test_the_earlier_of_two_promises_counts(ticket, promise, ada):
    sooner = NOON - timedelta(hours=3)
    second = make_promise(ticket, due_at=sooner, actor=Actor.of_user(ada), now=NOW)
    assert fresh(ticket).promised_at == sooner
    actions.keep_promise(second, actor=Actor.of_user(ada), now=NOW)
    assert fresh(ticket).promised_at == NOON


def test_half_an_hour_before_the_assignee_is_told(ticket, promise, ada):
    act_on_due(NOON - timedelta(minutes=30))
    notice = Notification.objects.get(kind="ticket.promise_soon")
    assert notice.user == ada
    assert f"#{ticket.number}" in notice.title


def test_broken_by_time_it_is_told_and_written_down(ticket, promise, ada):
    act_on_due(NOON)
    assert fresh(promise).state == State.BROKEN
    assert Notification.objects.filter(kind="ticket.promise_broken", user=ada).count() == 1
    assert ticket.events.filter(kind=Event.Kind.PROMISE, data__step="broken").count() == 1
    act_on_due(NOON + timedelta(hours=1))
    assert ticket.events.filter(kind=Event.Kind.PROMISE, data__step="broken").count() == 1


def test_broken_it_holds_the_ticket_up_until_the_customer_hears_from_us(ticket, ada):
    make_reply(ticket, ada, now=NOW)
    actor = Actor.of_user(ada)
    promise = make_promise(fresh(ticket), due_at=NOON, actor=actor, now=NOW)
    act_on_due(NOON)
    waiting = fresh(ticket)
    assert (waiting.promised_at, waiting.due_reason) == (NOON, "promise")
    assert waiting.next_due_at == NOON
    assert check_promises(repair=False) == []
    message = make_reply(waiting, ada, now=NOON + timedelta(hours=1))
    answered = fresh(promise)
    assert (answered.state, answered.kept_with) == (State.BROKEN, message)
    assert fresh(ticket).promised_at == NO_DEADLINE
    actions.withdraw_reply(message, actor=actor, now=NOON + timedelta(hours=1))
    assert fresh(ticket).promised_at == NOON
    assert check_promises(repair=False) == []


def test_broken_it_is_made_good_on_the_telephone_too(ticket, promise, ada):
    act_on_due(NOON)
    later = NOON + timedelta(minutes=5)
    for _again in range(2):
        actions.keep_promise(fresh(promise), actor=Actor.of_user(ada), now=later)
    assert (fresh(promise).state, fresh(promise).answered_at) == (State.BROKEN, later)
    assert fresh(ticket).promised_at == NO_DEADLINE
    assert ticket.events.filter(kind=Event.Kind.PROMISE, data__step="made_good").count() == 1


def test_on_a_ticket_that_is_closed_nothing_breaks(ticket, promise, ada):
    actions.close_ticket(ticket, actor=Actor.of_user(ada), now=NOW)
    act_on_due(NOON)
    assert fresh(promise).state == State.WITHDRAWN


def test_who_may_not_see_the_ticket_any_more_hears_nothing(ticket, promise, ada, billing):
    actions.transfer_ticket(ticket, department=billing, actor=Actor.of_user(ada), now=NOW)
    act_on_due(NOON)
    assert not Notification.objects.filter(user=ada, kind__startswith="ticket.promise")


def test_the_record_counts_what_was_due_in_a_time(ticket, promise, ada):
    second = make_promise(
        ticket, due_at=NOON + timedelta(hours=1), actor=Actor.of_user(ada), now=NOW
    )
    actions.keep_promise(second, actor=Actor.of_user(ada), now=NOW)
    act_on_due(NOON)
    told = record(NOW, NOW + timedelta(days=2))
    assert (told.kept, told.broken, told.withdrawn, told.rate) == (1, 1, 0, 0.5)
    assert record(NOW + timedelta(days=2), NOW + timedelta(days=3)).rate is None
    assert record(NOW, NOW + timedelta(days=2), by=ada).kept == 1


def test_verify_mends_a_date_that_is_wrong(ticket, promise):
    Ticket.objects.filter(pk=ticket.pk).update(promised_at=NO_DEADLINE)
    assert len(check_promises(repair=True)) == 1
    assert fresh(ticket).promised_at == NOON
    assert check_promises(repair=False) == []
