"""Appointments on the desk: booked in four fields, checked before, on a page of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from freezegun import freeze_time

from tests.factories import make_calendar, make_reply, make_ticket
from tickets.actions import Booking, book_appointment
from tickets.actors import Actor
from tickets.models import Appointment, Message, Ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
NOW = datetime(2026, 3, 25, 9, 0, tzinfo=UTC)  # a Wednesday; the clocks go forward on the 29th
HALF = timedelta(minutes=30)


@pytest.fixture(autouse=True)
def _stopped_clock():
    with freeze_time(NOW):
        yield


@pytest.fixture
def ticket(cleo, technical) -> Ticket:
    cleo.time_zone = "Asia/Tokyo"
    cleo.save()
    technical.calendar = make_calendar()
    technical.save()
    return make_ticket(cleo, technical)


@pytest.fixture
def ada(ada):
    ada.time_zone = "Europe/Berlin"
    ada.save()
    return ada


def url(ticket: Ticket, part: str = "appointments") -> str:
    return f"/admin/tickets/ticket/{ticket.number}/{part}"


def typed(ada, **changes) -> dict:
    facts = {"starts_at": "2026-03-26T12:00", "minutes": "30", "responsible": ada.pk}
    return {**facts, "title": "Visit", "tells_customer": "on", **changes}


def book(ticket: Ticket, user, starts_at: datetime, **changes) -> Appointment:
    facts = {"title": "Visit", "starts_at": starts_at, "ends_at": starts_at + HALF}
    booking = Booking(**{**facts, "responsible": user, "tells_customer": False, **changes})
    return book_appointment(ticket, booking=booking, actor=Actor.of_user(user), now=NOW)


def test_form_proposes_the_next_full_hour_half_an_hour_and_me(sign_in, ada, ticket):
    page = sign_in(ada).get(url(ticket)).content.decode()
    assert 'value="2026-03-25T11:00"' in page
    assert "11:00–11:30 (Europe/Berlin)" in page
    assert "19:00–19:30 (Asia/Tokyo)" in page
    assert "Espresso line down" in page


def test_booking_tells_the_customer_and_shows_on_the_ticket(sign_in, ada, ticket):
    client = sign_in(ada)
    response = client.post(url(ticket), typed(ada), headers={**HTMX, "HX-Target": "ticket-step"})
    assert "hd:ticket-changed" in response.headers["HX-Trigger"]
    appointment = Appointment.objects.get()
    assert appointment.starts_at == datetime(2026, 3, 26, 11, 0, tzinfo=UTC)
    assert Message.objects.filter(kind=Message.Kind.REPLY).count() == 1
    panel = client.get(url(ticket, "context")).content.decode()
    assert "Visit" in panel
    assert "20:00, Tokyo" in panel


@pytest.mark.parametrize("at", ["2026-03-29T02:30", "2026-10-25T02:30"])
def test_an_hour_the_clocks_skip_or_repeat_is_refused_with_a_word(sign_in, ada, ticket, at):
    response = sign_in(ada).post(url(ticket), typed(ada, starts_at=at))
    assert response.status_code == 422
    assert "The clocks change then" in response.content.decode()
    assert 'value="Visit"' in response.content.decode()
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    ("at", "words"),
    [
        ("2026-03-26T12:15", "Ada has another appointment at that time."),
        ("2026-03-26T22:00", "That is outside the working hours."),
        ("2026-03-28T12:00", "That is outside the working hours."),
    ],
)
def test_what_speaks_against_a_time_is_said_and_can_be_confirmed(sign_in, ada, ticket, at, words):
    book(ticket, ada, datetime(2026, 3, 26, 11, 0, tzinfo=UTC))
    client = sign_in(ada)
    refused = client.post(url(ticket), typed(ada, starts_at=at))
    assert refused.status_code == 422
    assert words in refused.content.decode()
    assert Appointment.objects.count() == 1
    assert client.post(url(ticket), typed(ada, starts_at=at, confirmed="on")).status_code == 303
    assert Appointment.objects.count() == 2


def test_holidays_are_named(sign_in, ada, ticket, technical):
    technical.calendar = make_calendar("Free", holidays=["2026-03-26"])
    technical.save()
    response = sign_in(ada).get(url(ticket, "appointments/check"), typed(ada), headers=HTMX)
    assert "That day is a holiday." in response.content.decode()


def test_check_answers_while_choosing(sign_in, ada, ticket):
    book(ticket, ada, datetime(2026, 3, 26, 11, 0, tzinfo=UTC))
    client = sign_in(ada)
    part = client.get(url(ticket, "appointments/check"), typed(ada), headers=HTMX).content.decode()
    assert "20:00–20:30 (Asia/Tokyo)" in part
    assert "another appointment" in part
    assert 'name="confirmed"' in part
    assert "<html" not in part
    skipped = typed(ada, starts_at="2026-03-29T02:30")
    part = client.get(url(ticket, "appointments/check"), skipped, headers=HTMX).content.decode()
    assert "The clocks change then" in part


def test_moving_one_does_not_collide_with_itself(sign_in, ada, ticket):
    appointment = book(ticket, ada, datetime(2026, 3, 26, 11, 0, tzinfo=UTC))
    client, part = sign_in(ada), f"appointments/{appointment.pk}"
    assert 'value="2026-03-26T12:00"' in client.get(url(ticket, part)).content.decode()
    response = client.post(url(ticket, part), typed(ada, starts_at="2026-03-26T12:15"))
    assert response.status_code == 303
    appointment.refresh_from_db()
    assert appointment.starts_at == datetime(2026, 3, 26, 11, 15, tzinfo=UTC)


def test_nobody_of_another_department_is_made_responsible(sign_in, ada, ben, ticket):
    response = sign_in(ada).post(url(ticket), typed(ada, responsible=ben.pk))
    assert response.status_code == 422
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(("then", "is_open"), [("go_on", True), ("close", False)])
def test_finishing_asks_whether_the_ticket_is_closed(sign_in, ada, ticket, then, is_open):
    appointment = book(ticket, ada, datetime(2026, 3, 26, 11, 0, tzinfo=UTC))
    client, part = sign_in(ada), f"appointments/{appointment.pk}/completion"
    assert "Close the ticket" in client.get(url(ticket, part)).content.decode()
    client.post(url(ticket, part), {"outcome": "Seal replaced.", "then": then})
    appointment.refresh_from_db()
    ticket.refresh_from_db()
    assert (appointment.state, appointment.outcome) == ("finished", "Seal replaced.")
    assert ticket.is_open is is_open


def test_cancelling_asks_first(sign_in, ada, ticket):
    appointment = book(ticket, ada, datetime(2026, 3, 26, 11, 0, tzinfo=UTC))
    client, part = sign_in(ada), f"appointments/{appointment.pk}/cancellation"
    assert client.get(url(ticket, part)).status_code == 200
    client.post(url(ticket, part))
    appointment.refresh_from_db()
    assert appointment.state == "cancelled"


def test_page_shows_a_day_of_mine_or_of_all(sign_in, ada, max_, ben, ticket, billing):
    noon = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)
    book(ticket, ada, noon, title="Mine")
    book(ticket, max_, noon + HALF, title="Of Max")
    book(make_ticket(ticket.customer, billing), ben, noon, title="Foreign")
    book(ticket, ada, noon + timedelta(days=1), title="Tomorrow")
    client = sign_in(ada)

    def titles(query: str = "") -> list[str]:
        page = client.get(f"/admin/appointments{query}").context["page"]
        return [line.title for line in page.lines]

    assert titles() == ["Mine"]
    assert titles("?whose=all") == ["Mine", "Of Max"]
    assert titles("?day=2026-03-26") == ["Tomorrow"]
    assert titles("?show=coming&whose=all") == ["Mine", "Of Max", "Tomorrow"]
    assert titles("?day=9999-12-31") == ["Mine"]


def test_past_ones_and_unfinished_ones_are_found(sign_in, ada, ticket):
    book(ticket, ada, NOW + HALF)
    with freeze_time(NOW + timedelta(days=2)):
        client = sign_in(ada)
        [line] = client.get("/admin/appointments?show=past").context["page"].lines
        assert line.is_late
        assert client.get("/admin/appointments?show=coming").context["page"].lines == []


@pytest.mark.parametrize("show", ["day", "coming", "past"])
@pytest.mark.parametrize("count", [3, 30])
def test_page_takes_a_constant_number_of_statements(sign_in, ada, ticket, show, count, statements):
    for _number in range(count):
        book(ticket, ada, NOW + HALF)
    client = sign_in(ada)
    client.get("/admin/appointments")
    with statements(6):
        assert client.get(f"/admin/appointments?show={show}").status_code == 200


def test_customer_sees_only_what_they_were_told_of(sign_in, ada, cleo, ticket):
    tomorrow = NOW + timedelta(days=1)
    book(ticket, ada, tomorrow, title="Valve visit", place="12 Quay", tells_customer=True)
    book(ticket, ada, tomorrow, title="Internal triage")
    make_reply(ticket, ada)
    url = reverse("portal:request", args=[ticket.public_id])
    text = sign_in(cleo).get(url).content.decode()
    assert "Your appointment" in text
    assert "12 Quay" in text
    assert "(Asia/Tokyo)" in text
    assert "Internal triage" not in text
