"""Closing by inactivity: a warning first, never by surprise, called off by an answer (R173)."""

from __future__ import annotations

from datetime import datetime

import pytest

from automation.auto_closing import close_too_soon, warn_too_soon
from automation.models import RuleRun, TimedFiring
from mailpipe.models import OutgoingMail
from tests.automation.timed_stories import (
    CLOSE,
    DAY,
    HOUR,
    START,
    TAG,
    days,
    hours,
    make_rule,
    sweep,
)
from tests.factories import make_customer, make_inbound, make_reply, make_ticket
from tickets.actions import Booking, book_appointment, cancel_appointment, change_status
from tickets.actors import Actor
from tickets.models import Message, Status, Ticket
from tickets.models.vocabulary import Kind

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("Test")


@pytest.fixture
def answered(ada, cleo) -> Ticket:
    """A ticket whose customer got an answer at START and is to come back."""
    ticket = make_ticket(cleo, now=START - HOUR)
    answered = Status.objects.filter(kind=Kind.WAITING_CUSTOMER).first()
    make_reply(ticket, ada, now=START, after=answered)
    return ticket


def warnings(ticket: Ticket) -> list[Message]:
    return list(ticket.messages.filter(kind=Message.Kind.REPLY, is_automatic=True))


def leave(ticket: Ticket, *, at: datetime) -> None:
    """The mail server takes everything."""
    OutgoingMail.objects.filter(ticket=ticket).update(state="sent", sent_at=at)
    ticket.messages.filter(kind=Message.Kind.REPLY).update(delivery_state="sent")


def kind(ticket: Ticket) -> str:
    ticket.refresh_from_db()
    return ticket.status_kind


def closing_rule(*effects, **fields):
    return make_rule("inactive_for", days(7), *(effects or (CLOSE,)), kind="timed", **fields)


def test_warned_after_five_days_and_closed_after_seven(answered):
    closing_rule()
    assert [sweep(5 * DAY - HOUR), sweep(5 * DAY), sweep(5 * DAY + HOUR)] == [0, 1, 0]
    (warning,) = warnings(answered)
    assert "closes by itself in 2 days" in warning.text
    leave(answered, at=START + 5 * DAY)
    assert [sweep(7 * DAY - HOUR), sweep(7 * DAY), sweep(8 * DAY)] == [0, 1, 0]
    assert kind(answered) == Kind.CLOSED


def test_the_history_tells_the_cause(answered):
    closing_rule({"effect": "close_with_cause"})
    sweep(7 * DAY)
    event = answered.events.get(kind="closed")
    assert (event.data["cause"], event.data["no_answer"]) == ("inactivity", False)
    assert event.data["rule"]["id"]


def test_an_answer_after_the_warning_keeps_it_open(answered):
    closing_rule()
    sweep(5 * DAY)
    leave(answered, at=START + 5 * DAY)
    make_inbound(answered, now=START + 6 * DAY)
    assert sweep(9 * DAY) == 0
    assert kind(answered) == Kind.OPEN


def test_a_warning_that_has_not_left_holds_the_closing_back(answered):
    closing_rule()
    sweep(5 * DAY)
    assert sweep(8 * DAY) == 0
    leave(answered, at=START + 8 * DAY)
    assert [sweep(10 * DAY - HOUR), sweep(10 * DAY)] == [0, 1]


def test_a_promise_keeps_it_open(answered):
    closing_rule({"effect": "close_with_cause"})
    Ticket.objects.filter(pk=answered.pk).update(promised_at=START + 20 * DAY)
    assert sweep(8 * DAY) == 0


def test_an_appointment_to_come_keeps_it_open_and_a_cancelled_one_does_not(answered, ada):
    closing_rule({"effect": "close_with_cause"})
    times = {"starts_at": START + 20 * DAY, "ends_at": START + 20 * DAY + HOUR}
    booking = Booking(title="Visit", responsible=ada, tells_customer=False, **times)
    actor = Actor.of_user(ada)
    appointment = book_appointment(answered, booking=booking, actor=actor, now=START)
    assert sweep(8 * DAY) == 0
    cancel_appointment(appointment, actor=actor, now=START)
    assert sweep(8 * DAY) == 1


def test_new_and_running_tickets_never_close_by_themselves(cleo):
    ticket = make_ticket(cleo, now=START)
    closing_rule({"effect": "close_with_cause"})
    assert sweep(30 * DAY) == 0
    assert kind(ticket) == Kind.NEW


def test_a_rule_may_name_other_statuses(cleo):
    ticket = make_ticket(cleo, now=START)
    args = days(7, statuses=[ticket.status_id])
    make_rule("inactive_for", args, {"effect": "close_with_cause"}, kind="timed")
    assert sweep(7 * DAY) == 1
    assert kind(ticket) == Kind.CLOSED
    assert ticket.events.get(kind="closed").data["no_answer"] is True


def test_other_effects_wait_for_the_closing(answered):
    closing_rule(TAG, CLOSE)
    sweep(5 * DAY)
    assert not answered.tags.exists()
    leave(answered, at=START + 5 * DAY)
    sweep(7 * DAY)
    assert answered.tags.get().name == "late"


def test_who_has_no_mail_address_is_closed_at_the_same_time(ada):
    caller = make_customer("Caller")
    ticket = make_ticket(caller, now=START)
    waiting = Status.objects.filter(kind=Kind.WAITING_CUSTOMER).first()
    change_status(ticket, status=waiting, actor=SYSTEM, now=START)
    type(caller).objects.filter(pk=caller.pk).update(email="")
    closing_rule()
    assert [sweep(5 * DAY), sweep(7 * DAY)] == [0, 1]
    assert not warnings(ticket)


def test_the_warning_is_no_human_word(answered):
    closing_rule()
    sweep(5 * DAY)
    answered.refresh_from_db()
    assert answered.last_human_at == START
    assert TimedFiring.objects.get().warning == warnings(answered)[0]
    assert RuleRun.objects.get().outcome == "applied"


@pytest.mark.parametrize(("args", "is_short"), [(hours(24), True), (days(7), False)])
def test_a_day_is_too_short(args, is_short):
    assert bool(close_too_soon("inactive_for", args, [CLOSE])) is is_short
    assert not close_too_soon("inactive_for", args, [TAG])


def test_a_warning_before_the_silence_is_refused():
    assert warn_too_soon(days(2), [CLOSE])
    assert not warn_too_soon(days(3), [CLOSE])
