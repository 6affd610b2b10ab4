"""The calendar file of an appointment: what a customer's calendar takes in (RFC 5545, 5546)."""

from __future__ import annotations

from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress, vText

from tickets.models import Appointment

REQUEST, CANCEL = "REQUEST", "CANCEL"
PRODUCT = "-//Helpdesk//Appointments//EN"


def calendar_file(appointment: Appointment, *, organizer: str, now: datetime) -> bytes:
    """The appointment as it stands: a request, or its cancellation, with UID and SEQUENCE.

    Moved and cancelled ones keep their UID and count up, so that a calendar replaces what it
    holds (RFC 5546 3.2.2, 3.2.5).
    """
    is_over = appointment.state == Appointment.State.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", CANCEL if is_over else REQUEST)
    calendar.add_component(_entry(appointment, organizer=organizer, now=now))
    return bytes(calendar.to_ical())


def _entry(appointment: Appointment, *, organizer: str, now: datetime) -> Event:
    is_over = appointment.state == Appointment.State.CANCELLED
    entry = Event()
    entry.add("uid", str(appointment.uid))
    entry.add("sequence", appointment.sequence)
    entry.add("dtstamp", now.astimezone(UTC))
    # In UTC: the file needs no rules of a zone, and every calendar shows it in its reader's own.
    entry.add("dtstart", appointment.starts_at.astimezone(UTC))
    entry.add("dtend", appointment.ends_at.astimezone(UTC))
    entry.add("summary", appointment.title)
    entry.add("status", "CANCELLED" if is_over else "CONFIRMED")
    if appointment.place:
        entry.add("location", appointment.place)
    if organizer:
        entry.add("organizer", vCalAddress(f"mailto:{organizer}"))
    if appointment.customer.email:
        entry.add("attendee", _attendee(appointment))
    return entry


def _attendee(appointment: Appointment) -> vCalAddress:
    address = vCalAddress(f"mailto:{appointment.customer.email}")
    address.params["CN"] = vText(appointment.customer.display_name)
    address.params["ROLE"] = vText("REQ-PARTICIPANT")
    address.params["RSVP"] = vText("FALSE")
    return address
