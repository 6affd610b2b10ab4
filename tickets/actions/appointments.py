"""Appointments with a customer: booked, moved, finished, cancelled (R167)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.user import house_zone
from core import timers
from core.events import emit
from core.text import clean_line, clean_text
from tickets.actions.messages import Answer, reply
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.appointment_words import letter_of
from tickets.events import AppointmentChanged
from tickets.models import Appointment, Event, Ticket

BOOKED, MOVED, FINISHED, CANCELLED = "booked", "moved", "finished", "cancelled"
TIMER = "tickets.appointment"
AHEAD = timedelta(minutes=30)
MAX_OUTCOME = 4_000


@dataclass(frozen=True, kw_only=True)
class Booking:
    """What is agreed; `tells_customer` sends it to them through the ticket with a calendar file."""

    title: str
    starts_at: datetime
    ends_at: datetime
    responsible: User
    place: str = ""
    tells_customer: bool = True


@transaction.atomic
def book_appointment(
    ticket: Ticket, *, booking: Booking, actor: Actor, now: datetime
) -> Appointment:
    """Agree on a time; who is responsible is reminded half an hour before.

    Raises ValidationError without a title and for a time that has been. Emits AppointmentChanged.
    """
    ticket = lock_ticket(ticket)
    customer = ticket.customer
    appointment = Appointment(
        ticket=ticket,
        customer=customer,
        customer_zone=customer.time_zone or house_zone().key,
        created_at=now,
        created_by_name=actor.name[:160],
    )
    _fill(appointment, booking, now)
    appointment.save(force_insert=True)
    _arm(appointment)
    _tell(appointment, BOOKED, actor=actor, now=now)
    if booking.tells_customer:
        _write_customer(appointment, BOOKED, actor=actor, now=now)
    return appointment


@transaction.atomic
def move_appointment(
    appointment: Appointment, *, booking: Booking, actor: Actor, now: datetime
) -> Appointment:
    """Another time, place or person; the reminder moves along.

    Raises ValidationError when it is over, and as `book_appointment` does. Emits
    AppointmentChanged.
    """
    appointment = _locked(appointment)
    _refuse_over(appointment)
    before = appointment.starts_at.isoformat()
    _fill(appointment, booking, now)
    appointment.sequence += 1
    appointment.save()
    _arm(appointment)
    _tell(appointment, MOVED, actor=actor, now=now, before=before)
    if booking.tells_customer:
        _write_customer(appointment, MOVED, actor=actor, now=now)
    return appointment


@transaction.atomic
def finish_appointment(
    appointment: Appointment, *, outcome: str, actor: Actor, now: datetime
) -> Appointment:
    """It has taken place; `outcome` is for colleagues. A finished one stays as it is.

    Raises ValidationError when it was cancelled. Emits AppointmentChanged.
    """
    appointment = _locked(appointment)
    if appointment.state == Appointment.State.FINISHED:
        return appointment
    _refuse_over(appointment)
    appointment.state = Appointment.State.FINISHED
    appointment.outcome = clean_text(outcome)[:MAX_OUTCOME].strip()
    appointment.save(update_fields=["state", "outcome"])
    timers.cancel(TIMER, str(appointment.pk))
    return _tell(appointment, FINISHED, actor=actor, now=now)


@transaction.atomic
def cancel_appointment(appointment: Appointment, *, actor: Actor, now: datetime) -> Appointment:
    """It will not take place; a customer who was told of it is told so. Twice is once.

    Raises ValidationError when it was finished. Emits AppointmentChanged.
    """
    appointment = _locked(appointment)
    if appointment.state == Appointment.State.CANCELLED:
        return appointment
    _refuse_over(appointment)
    appointment.state = Appointment.State.CANCELLED
    appointment.sequence += 1
    appointment.save(update_fields=["state", "sequence"])
    timers.cancel(TIMER, str(appointment.pk))
    _tell(appointment, CANCELLED, actor=actor, now=now)
    if appointment.is_told:
        _write_customer(appointment, CANCELLED, actor=actor, now=now)
    return appointment


def _fill(appointment: Appointment, booking: Booking, now: datetime) -> None:
    title = clean_line(booking.title, 200)
    if not title:
        raise ValidationError(_("Say what the appointment is about."))
    if booking.starts_at <= now:
        raise ValidationError(_("Choose a time that is still to come."))
    if booking.ends_at <= booking.starts_at:
        raise ValidationError(_("The end comes after the beginning."))
    appointment.title, appointment.place = title, clean_line(booking.place, 300)
    appointment.starts_at, appointment.ends_at = booking.starts_at, booking.ends_at
    appointment.responsible = booking.responsible


def _refuse_over(appointment: Appointment) -> None:
    if not appointment.is_planned:
        raise ValidationError(_("This appointment is over or was cancelled."))


def _arm(appointment: Appointment) -> None:
    due_at = appointment.starts_at - AHEAD
    timers.schedule(TIMER, str(appointment.pk), due_at=due_at)


def _locked(appointment: Appointment) -> Appointment:
    """The appointment under the lock of its ticket, as every action takes it."""
    ticket = lock_ticket(appointment.ticket)
    rows = Appointment.objects.select_related("responsible", "customer")
    fresh = rows.get(pk=appointment.pk)
    fresh.ticket = ticket
    return fresh


def _tell(
    appointment: Appointment, step: str, *, actor: Actor, now: datetime, **facts: Any
) -> Appointment:
    ticket = appointment.ticket
    ticket.updated_at = now
    ticket.save(update_fields=["updated_at"])
    record_event(
        ticket,
        Event.Kind.APPOINTMENT_CHANGED,
        actor=actor,
        now=now,
        step=step,
        appointment=appointment.title,
        starts_at=appointment.starts_at.isoformat(),
        **facts,
    )
    changed = AppointmentChanged(
        ticket=ticket, actor=actor, now=now, appointment=appointment, step=step
    )
    emit(changed)
    return appointment


def _write_customer(appointment: Appointment, step: str, *, actor: Actor, now: datetime) -> None:
    """A public reply with the calendar file; the agent's own draft stays."""
    content, recipients = letter_of(appointment, step, now=now)
    answer = Answer(
        content=content,
        recipients=recipients,
        takes_ticket=False,
        ends_draft=False,
        is_notice=True,
    )
    reply(appointment.ticket, answer=answer, actor=actor, now=now)
    if not appointment.is_told:
        appointment.is_told = True
        appointment.save(update_fields=["is_told"])
