"""What customers read about their appointment: in their language, in their zone."""

from __future__ import annotations

from datetime import datetime, tzinfo

from django.core.exceptions import ValidationError
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import files
from customers.models import Customer
from tickets.calendar_files import calendar_file
from tickets.content import Content, NewFile, Recipients
from tickets.models import Appointment

FILE_NAME, FILE_TYPE = "appointment.ics", "text/calendar"


def letter_of(appointment: Appointment, step: str, *, now: datetime) -> tuple[Content, Recipients]:
    """The message about a step, and to whom. Raises ValidationError without room for files."""
    with override(appointment.customer.language or None):
        text = _text(appointment, step)
    content = Content(text=text, files=(_file(appointment, now),))
    return content, _recipients(appointment.customer)


def span_words(appointment: Appointment, zone: tzinfo) -> str:
    """Thursday, 26 November 2026, 14:00-14:30 (Europe/Berlin)."""
    starts = appointment.starts_at.astimezone(zone)
    ends = appointment.ends_at.astimezone(zone)
    return _("%(weekday)s, %(date)s, %(start)s–%(end)s (%(zone)s)") % {
        "weekday": date_format(starts, "l"),
        "date": date_format(starts, "DATE_FORMAT"),
        "start": time_format(starts, "H:i"),
        "end": time_format(ends, "H:i"),
        "zone": zone,
    }


def _text(appointment: Appointment, step: str) -> str:
    opening = {
        "moved": _("your appointment with us was changed:"),
        "cancelled": _("your appointment with us will not take place:"),
    }.get(step) or _("we have booked an appointment with you:")
    greeting = _("Hello %(name)s,") % {"name": appointment.customer.display_name}
    when = span_words(appointment, appointment.zone)
    lines = "\n".join(fact for fact in (appointment.title, when, appointment.place) if fact)
    attached = _("The attached file puts it into your calendar.")
    if step == "cancelled":
        attached = _("The attached file takes it out of your calendar.")
    return f"{greeting}\n\n{opening}\n\n{lines}\n\n{attached}"


def _file(appointment: Appointment, now: datetime) -> NewFile:
    organizer = appointment.ticket.department.address
    content = calendar_file(appointment, organizer=organizer, now=now)
    try:
        stored = files.put(content)
    except files.StoreFull as full:
        raise ValidationError(
            _("We have no room for files at the moment: the customer can't be told of it.")
        ) from full
    return NewFile(filename=FILE_NAME, content_type=FILE_TYPE, stored=stored)


def _recipients(customer: Customer) -> Recipients:
    """The customer and nobody else: followers have no appointment."""
    return Recipients(to=(customer.email,)) if customer.email else Recipients()
