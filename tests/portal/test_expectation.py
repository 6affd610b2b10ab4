"""When customers hear from us: the percentile, the promise, and the polite word (N17)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from freezegun import freeze_time

from calendars.models import BusinessCalendar
from calendars.versions import house_calendar
from core.memo import forget_all
from portal.expectation import next_word, usual_wait
from sla.answer_times import measure
from sla.models import AnswerTime, SlaClock
from tests.factories import make_inbound, make_reply, make_ticket
from tests.portal.conftest import page_of, words
from tests.sla.conftest import METRICS, at, office, promise
from tickets.models import Service, Status, Ticket

pytestmark = pytest.mark.django_db
__all__ = ["METRICS", "office", "promise"]


@pytest.fixture
def answered(promise, cleo, technical, ada) -> None:
    """Nineteen tickets answered after 9, 18, ... minutes; one waits past its 4 hours."""
    promise(first_response=4, next_response=2)
    for number in range(1, 20):
        start = at("2025-02-03 10:00") + timedelta(seconds=number)
        make_reply(make_ticket(cleo, technical, now=start), ada, now=start + number * STEP)
    make_ticket(cleo, technical, now=at("2025-02-03 10:00"))


STEP = timedelta(minutes=9)


def late() -> None:
    """The sweep found the last ticket's deadline missed."""
    SlaClock.objects.filter(state="running").update(breached_at=at("2025-02-03 14:00"))


def test_percentile_counts_working_time_and_those_who_still_wait(answered):
    late()
    assert measure(now=at("2025-02-04 02:00")) == 1
    row = AnswerTime.objects.get()
    assert (row.service_id, row.tickets, row.seconds) == (None, 20, 16 * 9 * 60)


def test_too_few_tickets_tell_nothing(answered):
    assert measure(now=at("2025-02-04 02:00")) == 0


def test_old_answers_are_left_out(answered):
    late()
    assert measure(now=at("2025-05-20 02:00")) == 0


def test_each_service_has_its_own_time(promise, cleo, technical, ada):
    promise(first_response=4)
    slow = Service.objects.create(slug="slow", name="Slow")
    for number in range(40):
        start = at("2025-02-03 10:00") + timedelta(seconds=number)
        service, hours = (slow, 3) if number % 2 else (None, 1)
        ticket = make_ticket(cleo, technical, service=service, now=start)
        make_reply(ticket, ada, now=start + timedelta(hours=hours))
    measure(now=at("2025-02-04 02:00"))
    found = dict(AnswerTime.objects.values_list("service_id", "seconds"))
    assert found == {slow.pk: 3 * 3600, None: 3 * 3600}


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        ("2025-02-04 10:00", "We usually answer within 3 working hours."),
        ("2025-02-08 17:00", "We usually answer within 3 working hours; we open Mon 09:00."),
    ],
)
def test_first_page_says_what_is_usual_and_when_we_open(answered, now, sentence):
    late()
    measure(now=at("2025-02-04 02:00"))
    assert in_new_york(lambda: usual_wait(now=at(now))) == sentence


def test_first_page_says_what_is_promised_until_enough_tickets_tell(promise, technical):
    promise(first_response=4)
    assert usual_wait(now=at("2025-02-04 10:00")) == "We answer within 4 working hours."


def test_promise_around_the_clock_names_no_opening(promise, technical):
    promise(first_response=4, calendar=BusinessCalendar.objects.get(slug="24x7"))
    assert usual_wait(now=at("2025-02-09 10:00")) == "We answer within 4 hours."


def test_first_page_says_nothing_without_a_promise(technical):
    assert usual_wait(now=at("2025-02-04 10:00")) == ""
    assert "Write to us. A person reads it." in words(Client().get("/"))


def in_new_york(question):
    forget_all()
    with timezone.override("America/New_York"):
        return question()


def test_request_says_by_when_four_of_five_are_answered(answered, cleo, technical):
    late()
    measure(now=at("2025-02-04 02:00"))
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 17:00"))
    told = in_new_york(lambda: next_word(ticket, now=at("2025-02-04 17:10")))
    # 2 h 24 m of working time: one before closing, the rest in the morning.
    assert told == "You hear from us by about Wed 10:24."


def test_request_says_what_is_promised_until_enough_tickets_tell(promise, cleo, technical):
    promise(first_response=4)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    told = in_new_york(lambda: next_word(ticket, now=at("2025-02-04 10:10")))
    assert told == "You hear from us by about 14:00 today."


def test_overdue_stays_polite(promise, cleo, technical):
    promise(first_response=4)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    told = next_word(ticket, now=at("2025-02-04 15:00"))
    assert told == "It takes longer than usual. We have not forgotten you."


def test_follow_up_is_told_by_its_own_clock(promise, cleo, technical, ada):
    promise(first_response=4, next_response=2)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    make_reply(ticket, ada, now=at("2025-02-04 11:00"), after=Status.objects.get(slug="answered"))
    make_inbound(ticket, now=at("2025-02-04 12:00"))
    told = in_new_york(lambda: next_word(ticket, now=at("2025-02-04 12:10")))
    assert told == "You hear from us by about 14:00 today."


def test_page_names_the_time_and_who_must_act(promise, cleo, technical, ada, sign_in):
    promise(first_response=4, next_response=2)
    ticket = make_ticket(cleo, technical, now=at("2025-02-04 10:00"))
    with freeze_time(at("2025-02-04 10:10")):
        page = words(sign_in(cleo).get(page_of(ticket)))
        assert "You hear from us by about" in page
    make_reply(ticket, ada, now=at("2025-02-04 11:00"), after=Status.objects.get(slug="answered"))
    with freeze_time(at("2025-02-04 11:10")):
        page = words(sign_in(cleo).get(page_of(ticket)))
        assert "We wrote to you. Answer below" in page
        assert "You hear from us by about" not in page


def test_clock_costs_the_page_no_more_than_it_has(promise, cleo, technical, sign_in, statements):
    """The budget of the page holds with a running clock."""
    promise(first_response=4)
    ticket: Ticket = make_ticket(cleo, technical)
    client = sign_in(cleo)
    client.get(page_of(ticket))
    assert house_calendar() is not None
    with statements(8):
        assert client.get(page_of(ticket)).status_code == 200
