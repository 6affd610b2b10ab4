"""Appointments: the page of all, and booking, moving, finishing, cancelling one of a ticket."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.rendering import render_page, see_other, wants_fragment
from core.submissions import idempotent
from desk.access import reader, ticket_or_404
from desk.appointment_forms import AppointmentForm, CancellationForm, FinishForm
from desk.appointments import appointment_page
from desk.links import ticket_url
from desk.views.steps import Step, take_step, typed
from tickets.models import Appointment, Ticket
from tickets.search import ticket_number

TEMPLATE = "desk/appointment_form.html"
BOOKING = Step(
    AppointmentForm,
    "appointments",
    _("Book an appointment"),
    _("Book it"),
    _("Booked."),
    TEMPLATE,
)


@require_safe
def appointments(request: HttpRequest) -> HttpResponse:
    """A day with its week, or the list of what comes or has been; one's own, or all."""
    page = appointment_page(reader(request), request.GET, now=clock.now())
    return render_page(request, "desk/appointments.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def ticket_appointments(request: HttpRequest, number: int) -> HttpResponse:
    """Book an appointment with the customer of the ticket."""
    ticket = ticket_or_404(request, number)
    form = AppointmentForm(typed(request), ticket=ticket, user=reader(request))
    return take_step(request, form, BOOKING)


@require_safe
def appointment_check(request: HttpRequest, number: int) -> HttpResponse:
    """What the chosen time means in both zones, and what speaks against it."""
    ticket = ticket_or_404(request, number)
    known = ticket_number(request.GET.get("appointment", ""))
    appointment = _appointment(ticket, known) if known else None
    form = AppointmentForm(
        request.GET, ticket=ticket, user=reader(request), appointment=appointment
    )
    form.is_valid()
    if not wants_fragment(request):
        return see_other(request, ticket_url(number, part="appointments"))
    return render_page(request, "desk/appointment_check.html", {"form": form, "check": form.check})


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def appointment(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Another time, place or person."""
    ticket = ticket_or_404(request, number)
    form = AppointmentForm(
        typed(request), ticket=ticket, user=reader(request), appointment=_appointment(ticket, pk)
    )
    title = _("Change the appointment")
    step = Step(AppointmentForm, f"appointments/{pk}", title, _("Save"), _("Saved."), TEMPLATE)
    return take_step(request, form, step)


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def appointment_finish(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """It has taken place: what came of it, and how the ticket goes on (R167)."""
    title, done = _("Finish the appointment"), _("Finished.")
    step = Step(FinishForm, f"appointments/{pk}/completion", title, _("Finish it"), done)
    return _ended(request, number, pk, step=step)


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def appointment_cancellation(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """It will not take place; the customer is told so if they were told of it."""
    title, done = _("Cancel the appointment"), _("Cancelled.")
    step = Step(CancellationForm, f"appointments/{pk}/cancellation", title, _("Cancel it"), done)
    return _ended(request, number, pk, step=step)


def _ended(request: HttpRequest, number: int, pk: int, *, step: Step) -> HttpResponse:
    ticket = ticket_or_404(request, number)
    form: Any = step.form
    return take_step(
        request,
        form(
            typed(request),
            ticket=ticket,
            user=reader(request),
            appointment=_appointment(ticket, pk),
        ),
        step,
    )


def _appointment(ticket: Ticket, pk: int) -> Appointment:
    rows = Appointment.objects.select_related("ticket", "responsible")
    return get_object_or_404(rows, pk=pk, ticket=ticket)
