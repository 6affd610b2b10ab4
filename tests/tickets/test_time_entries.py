"""Time spent on tickets: one timer for each person, entries by hand, nothing runs for ever."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection

from notifications.models import Notification
from tests.factories import make_ticket
from tickets.actions import (
    Spent,
    change_time_entry,
    delete_time_entry,
    log_time,
    start_timer,
    stop_timer,
)
from tickets.actors import Actor
from tickets.models import Event, Ticket, TimeEntry
from tickets.time_spent import read_span, time_spent, written_span
from tickets.work_due import stop_forgotten_timers

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    return make_ticket(cleo, technical, now=NOW)


@pytest.fixture
def by(ada) -> Actor:
    return Actor.of_user(ada)


def test_timer_counts_from_start_to_stop(ticket, ada, by):
    start_timer(ticket, actor=by, now=NOW)
    entry = stop_timer(ada, actor=by, now=NOW + 25 * MINUTE)
    assert entry is not None
    assert (entry.seconds, entry.source) == (1500, "timer")
    assert Event.objects.get(kind="time_changed").data["seconds"] == 1500
    assert stop_timer(ada, actor=by, now=NOW) is None


def test_starting_elsewhere_stops_the_first(ticket, cleo, technical, by):
    start_timer(ticket, actor=by, now=NOW)
    other = make_ticket(cleo, technical)
    started = start_timer(other, actor=by, now=NOW + MINUTE)
    assert started.stopped is not None
    assert (started.stopped.ticket, started.stopped.seconds) == (ticket, 60)
    assert TimeEntry.objects.running().get() == started.entry


def test_starting_twice_goes_on(ticket, by):
    first = start_timer(ticket, actor=by, now=NOW)
    second = start_timer(ticket, actor=by, now=NOW + MINUTE)
    assert (second.entry, second.stopped) == (first.entry, None)


def test_two_people_have_a_timer_each(ticket, by, max_):
    start_timer(ticket, actor=by, now=NOW)
    start_timer(ticket, actor=Actor.of_user(max_), now=NOW)
    assert TimeEntry.objects.running().count() == 2


def test_entries_are_written_changed_and_struck_out(ticket, by):
    spent = Spent(seconds=5400, note="On the phone", is_billable=True)
    entry = log_time(ticket, spent=spent, actor=by, now=NOW)
    log_time(ticket, spent=Spent(seconds=600), actor=by, now=NOW)
    total = time_spent(ticket)
    assert (total.seconds, total.billable) == (6000, 5400)
    change_time_entry(entry, spent=Spent(seconds=60), actor=by, now=NOW)
    assert (time_spent(ticket).seconds, time_spent(ticket).billable) == (660, 0)
    delete_time_entry(entry, actor=by, now=NOW)
    assert time_spent(ticket).seconds == 600
    steps = Event.objects.filter(kind="time_changed").order_by("pk")
    assert [row.data["step"] for row in steps] == ["logged", "logged", "changed", "deleted"]
    assert steps[2].data["before"] == 5400


@pytest.mark.parametrize("seconds", [0, -5, 24 * 3600 + 1])
def test_no_time_and_too_much_of_it_are_refused(ticket, by, seconds):
    with pytest.raises(ValidationError):
        log_time(ticket, spent=Spent(seconds=seconds), actor=by, now=NOW)


def test_running_timer_is_not_changed(ticket, by):
    entry = start_timer(ticket, actor=by, now=NOW).entry
    with pytest.raises(ValidationError):
        change_time_entry(entry, spent=Spent(seconds=60), actor=by, now=NOW)


def test_forgotten_timer_stops_at_twelve_hours_with_a_word(ticket, ada, by):
    start_timer(ticket, actor=by, now=NOW)
    assert stop_forgotten_timers(NOW + timedelta(hours=11)) == 0
    assert stop_forgotten_timers(NOW + timedelta(hours=20)) == 1
    assert stop_forgotten_timers(NOW + timedelta(hours=20)) == 0
    entry = TimeEntry.objects.get()
    assert (entry.seconds, entry.ended_at) == (12 * 3600, NOW + timedelta(hours=12))
    assert Notification.objects.get(kind="ticket.timer").user == ada


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 5400),
        ("1:30", 5400),
        ("90m", 5400),
        ("1h 30m", 5400),
        ("1.5h", 5400),
        ("1,5 h", 5400),
        ("45 min", 2700),
        ("2H", 7200),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1:75", None),
        ("٩٠", None),
        ("99999", None),
    ],
)
def test_spans_are_read_as_people_write_them(text, seconds):
    assert read_span(text) == seconds


@pytest.mark.parametrize(("seconds", "text"), [(0, "0:00"), (5, "0:01"), (5400, "1:30")])
def test_spans_are_written_as_hours_and_minutes(seconds, text):
    assert written_span(seconds) == text


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_leave_one_running_timer(ticket, cleo, technical, by):
    tickets = [ticket, make_ticket(cleo, technical), make_ticket(cleo, technical)]
    gate, failures = threading.Barrier(len(tickets)), []

    def start(chosen: Ticket) -> None:
        try:
            gate.wait()
            start_timer(chosen, actor=by, now=NOW)
        except DatabaseError as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=start, args=(chosen,)) for chosen in tickets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert TimeEntry.objects.running().count() == 1
    assert TimeEntry.objects.count() == 3
