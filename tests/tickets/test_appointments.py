"""Appointments with customers: the bell before, the letter with its file, moved and called off."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from icalendar import Calendar

from core import files, timers
from customers.actions.merging import merge_customers
from notifications.models import Notification
from tests.factories import make_customer, make_ticket
from tickets.actions import (
    Booking,
    book_appointment,
    cancel_appointment,
    finish_appointment,
    merge_tickets,
    move_appointment,
    save_draft,
    unmerge_ticket,
)
from tickets.actions.drafts import Typed
from tickets.actors import Actor
from tickets.models import Appointment, Draft, Event, Message, Ticket

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)
AT = datetime(2026, 5, 7, 12, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    cleo.time_zone, cleo.language = "Asia/Tokyo", "en"
    cleo.save()
    return make_ticket(cleo, technical, now=NOW)


@pytest.fixture
def by(ada) -> Actor:
    return Actor.of_user(ada)


def booking(by: Actor, **changes) -> Booking:
    facts = {"title": "Visit", "starts_at": AT, "ends_at": AT + HALF, "responsible": by.user}
    return Booking(**{**facts, **changes})


def book(ticket: Ticket, by: Actor, **changes) -> Appointment:
    return book_appointment(ticket, booking=booking(by, **changes), actor=by, now=NOW)


def entries() -> list:
    """The calendar files that went out, in order."""
    replies = Message.objects.filter(kind=Message.Kind.REPLY).order_by("pk")
    found = []
    for message in replies:
        row = message.attachments.get()
        assert row.content_type == "text/calendar"
        with files.open_file(row.sha256) as file:
            found.append(Calendar.from_ical(file.read()))
    return found


def test_customer_gets_a_reply_in_their_zone_with_a_calendar_file(ticket, by):
    appointment = book(ticket, by, place="https://meet.example/valve")
    message = Message.objects.get(kind=Message.Kind.REPLY)
    assert "Thursday" in message.text
    assert "21:00–21:30 (Asia/Tokyo)" in message.text
    assert message.recipients_to == ["cleo@harbour.example"]
    [calendar] = entries()
    [entry] = calendar.walk("VEVENT")
    assert calendar["method"] == "REQUEST"
    assert (str(entry["uid"]), entry["sequence"]) == (str(appointment.uid), 0)
    assert (entry.decoded("dtstart"), entry.decoded("dtend")) == (AT, AT + HALF)
    assert entry["organizer"] == "mailto:tech@company.example"
    assert entry["attendee"] == "mailto:cleo@harbour.example"


def test_moving_and_cancelling_keep_the_uid_and_count_up(ticket, by):
    appointment = book(ticket, by)
    later = booking(by, starts_at=AT + HALF, ends_at=AT + 2 * HALF)
    move_appointment(appointment, booking=later, actor=by, now=NOW)
    cancel_appointment(appointment, actor=by, now=NOW)
    cancel_appointment(appointment, actor=by, now=NOW)
    first, second, last = entries()
    events = [calendar.walk("VEVENT")[0] for calendar in (first, second, last)]
    assert {str(event["uid"]) for event in events} == {str(appointment.uid)}
    assert [event["sequence"] for event in events] == [0, 1, 2]
    assert [calendar["method"] for calendar in (first, second, last)] == [
        "REQUEST",
        "REQUEST",
        "CANCEL",
    ]
    assert [str(event["status"]) for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    steps = Event.objects.filter(kind="appointment_changed").order_by("pk")
    assert [row.data["step"] for row in steps] == ["booked", "moved", "cancelled"]


def test_customer_who_was_not_told_hears_of_no_cancellation(ticket, by):
    appointment = book(ticket, by, tells_customer=False)
    cancel_appointment(appointment, actor=by, now=NOW)
    assert not Message.objects.filter(kind=Message.Kind.REPLY).exists()


def test_customer_without_address_still_gets_the_message_on_the_portal(ticket, by, cleo):
    cleo.addresses.all().delete()
    cleo.email = ""
    cleo.save()
    book(Ticket.objects.get(pk=ticket.pk), by)
    assert Message.objects.get(kind=Message.Kind.REPLY).recipients_to == []


def test_draft_of_the_agent_stays(ticket, by, ada):
    save_draft(ticket, user=ada, typed=Typed(text="Dear Cleo"), revision=1, now=NOW)
    book(ticket, by)
    assert Draft.objects.get(ticket=ticket, user=ada).text == "Dear Cleo"


def test_responsible_is_reminded_once_half_an_hour_before(ticket, by, ada):
    book(ticket, by)
    timers.act_on_due(AT - HALF - timedelta(seconds=1))
    assert not Notification.objects.filter(kind="ticket.appointment").exists()
    for _again in range(2):
        timers.act_on_due(AT - HALF)
    told = Notification.objects.get(kind="ticket.appointment")
    assert told.user == ada
    assert "Visit" in told.body


def test_moved_appointment_reminds_once_at_its_new_time(ticket, by):
    appointment = book(ticket, by)
    later = booking(by, starts_at=AT + timedelta(days=1), ends_at=AT + timedelta(days=1, hours=1))
    move_appointment(appointment, booking=later, actor=by, now=NOW)
    timers.act_on_due(AT - HALF)
    assert not Notification.objects.filter(kind="ticket.appointment").exists()
    timers.act_on_due(AT - HALF + timedelta(days=1))
    timers.act_on_due(AT + timedelta(days=1))
    assert Notification.objects.filter(kind="ticket.appointment").count() == 1


def test_moved_after_the_reminder_it_reminds_again(ticket, by):
    appointment = book(ticket, by)
    timers.act_on_due(AT - HALF)
    later = booking(by, starts_at=AT + HALF * 4, ends_at=AT + HALF * 5)
    move_appointment(appointment, booking=later, actor=by, now=AT - HALF)
    timers.act_on_due(AT + HALF * 3)
    assert Notification.objects.filter(kind="ticket.appointment").count() == 2


@pytest.mark.parametrize("end", [cancel_appointment, finish_appointment])
def test_appointment_that_is_over_reminds_nobody_and_cannot_be_moved(ticket, by, end):
    appointment = book(ticket, by)
    extra = {"outcome": "All well."} if end is finish_appointment else {}
    end(appointment, actor=by, now=NOW, **extra)
    timers.act_on_due(AT - HALF)
    assert not Notification.objects.filter(kind="ticket.appointment").exists()
    with pytest.raises(ValidationError):
        move_appointment(appointment, booking=booking(by), actor=by, now=NOW)


@pytest.mark.parametrize(
    "change",
    [{"title": " "}, {"starts_at": NOW, "ends_at": NOW + HALF}, {"ends_at": AT}],
)
def test_odd_appointments_are_refused(ticket, by, change):
    with pytest.raises(ValidationError):
        book(ticket, by, **change)
    assert not Appointment.objects.exists()


def test_full_disk_books_nothing(ticket, by, monkeypatch):
    def full(_content):
        raise files.StoreFull

    monkeypatch.setattr(files, "put", full)
    with pytest.raises(ValidationError):
        book(ticket, by)
    assert not Appointment.objects.exists()


def test_merged_customers_keep_their_appointments(ticket, by, cleo, max_):
    appointment = book(ticket, by)
    other = make_customer("Cleopatra", "cleopatra@harbour.example")
    merge_customers(cleo, survivor=other, actor=max_, now=NOW)
    appointment.refresh_from_db()
    assert appointment.customer == other


def test_planned_appointments_of_one_customer_follow_a_merge_and_its_undoing(ticket, by, cleo):
    primary = make_ticket(cleo, ticket.department, now=NOW)
    appointment = book(ticket, by, tells_customer=False)
    [merge] = merge_tickets(primary, others=[ticket], actor=by, now=NOW)
    appointment.refresh_from_db()
    assert appointment.ticket == primary
    unmerge_ticket(merge, actor=by, now=NOW)
    appointment.refresh_from_db()
    assert appointment.ticket == ticket


def test_appointment_of_another_customer_stays_with_their_ticket(ticket, by, otto):
    primary = make_ticket(otto, ticket.department, now=NOW)
    appointment = book(ticket, by, tells_customer=False)
    merge_tickets(primary, others=[ticket], actor=by, now=NOW)
    appointment.refresh_from_db()
    assert appointment.ticket == ticket
