"""Forms of appointments: when, how long, with whom; what speaks against it is said before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.models.user import house_zone
from core import clock
from desk.links import ticket_url
from desk.step_forms import MomentField, NoteField, StepForm
from desk.work_forms import ColleagueField
from tickets import actions
from tickets.actions import Booking
from tickets.actors import Actor
from tickets.appointment_words import span_words
from tickets.forms import LineField
from tickets.models import Appointment, Ticket
from tickets.working_hours import hours_of

LENGTHS = (15, 30, 45, 60, 90, 120, 180, 240, 480)
USUAL = 30
AMBIGUOUS = "ambiguous_timezone"
GO_ON, CLOSE = "go_on", "close"


@dataclass(frozen=True)
class Check:
    """What the chosen time means in both zones, and what speaks against it."""

    times: list[tuple[str, str]]
    warnings: list[str]
    errors: list[str]
    is_confirmed: bool


class WallClockField(MomentField):
    """A time on the reader's wall that exists once on that day."""

    def to_python(self, value: Any) -> datetime | None:
        """The moment. Raises ValidationError for an hour the change of clocks skips or repeats."""
        try:
            return super().to_python(value)
        except ValidationError as refusal:
            if refusal.code != AMBIGUOUS:
                raise
            raise ValidationError(
                _(
                    "The clocks change then: this time does not exist, or it comes twice. "
                    "Choose another one."
                ),
                code=AMBIGUOUS,
            ) from refusal


class AppointmentForm(StepForm):
    """Four fields with what usually fits; with an `appointment` another time for it."""

    starts_at = WallClockField(label=gettext_lazy("When"))
    minutes = forms.TypedChoiceField(label=gettext_lazy("How long"), coerce=int)
    responsible = ColleagueField(label=gettext_lazy("Who"))
    title = LineField(label=gettext_lazy("What about"), max_length=200)
    place = LineField(label=gettext_lazy("Place or link"), max_length=300, required=False)
    tells_customer = forms.BooleanField(
        label=gettext_lazy("Tell the customer, with a calendar file"), required=False
    )
    confirmed = forms.BooleanField(required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        ticket: Ticket,
        user: User,
        appointment: Appointment | None = None,
    ) -> None:
        started = _as_typed(appointment) if appointment else _usual(ticket, user)
        super().__init__(data, ticket=ticket, user=user, initial=started)
        self.appointment = appointment
        known = appointment.responsible if appointment else None
        self.fields["responsible"].offer(ticket, known=known)  # type: ignore[attr-defined] # a ColleagueField
        self.fields["minutes"].choices = _lengths(started["minutes"])  # type: ignore[attr-defined] # a ChoiceField

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        """All but the confirmation, which stands beside what it confirms."""
        return [self[name] for name in self.fields if name != "confirmed"]

    @property
    def check_url(self) -> str:
        """Where the page asks what the chosen time means."""
        known = str(self.appointment.pk) if self.appointment else ""
        return ticket_url(self.ticket.number, part="appointments/check", appointment=known)

    @property
    def check(self) -> Check:
        """What the time means, for the time typed or the one proposed."""
        refused = self.errors if self.is_bound else {}
        chosen = self.cleaned_data if self.is_bound else self.initial
        starts_at, minutes = chosen.get("starts_at"), chosen.get("minutes")
        errors = [str(words) for words in refused.get("starts_at", [])]
        if not starts_at or not minutes:
            return Check([], [], errors, is_confirmed=False)
        plan, person = self._plan(starts_at, minutes), chosen.get("responsible")
        person = self.user if person == self.user.pk else person
        warnings = self._warnings(plan, person) if isinstance(person, User) else []
        return Check(self._times(plan), warnings, errors, bool(chosen.get("confirmed")))

    def clean(self) -> dict[str, Any]:
        """What speaks against the time must be confirmed; it is said, not forbidden."""
        cleaned = super().clean() or {}
        wants = {"starts_at", "minutes", "responsible"} <= cleaned.keys()
        if wants and not cleaned.get("confirmed"):
            plan = self._plan(cleaned["starts_at"], cleaned["minutes"])
            if self._warnings(plan, cleaned["responsible"]):
                self.add_error("confirmed", _("Confirm it, or choose another time."))
        return cleaned

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Book it, or move what is booked."""
        said = self.cleaned_data
        booking = Booking(
            title=said["title"],
            starts_at=said["starts_at"],
            ends_at=said["starts_at"] + timedelta(minutes=said["minutes"]),
            responsible=said["responsible"],
            place=said["place"],
            tells_customer=said["tells_customer"],
        )
        self.book(booking, actor=actor, now=now)

    def book(self, booking: Booking, *, actor: Actor, now: datetime) -> None:
        """As a new appointment, or as another time for the one it is about."""
        if self.appointment is None:
            actions.book_appointment(self.ticket, booking=booking, actor=actor, now=now)
        else:
            actions.move_appointment(self.appointment, booking=booking, actor=actor, now=now)

    def _plan(self, starts_at: datetime, minutes: int) -> Appointment:
        """The appointment as it would be; never saved."""
        ends_at = starts_at + timedelta(minutes=int(minutes))
        return Appointment(starts_at=starts_at, ends_at=ends_at)

    def _times(self, plan: Appointment) -> list[tuple[str, str]]:
        customer = self.ticket.customer
        zone = ZoneInfo(customer.time_zone) if customer.time_zone else house_zone()
        return [
            (_("For you"), span_words(plan, timezone.get_current_timezone())),
            (_("For %(name)s") % {"name": customer.display_name}, span_words(plan, zone)),
        ]

    def _warnings(self, plan: Appointment, person: User) -> list[str]:
        own = Appointment.objects.planned().filter(responsible=person)
        others = own.within(plan.starts_at, plan.ends_at)
        if self.appointment is not None:
            others = others.exclude(pk=self.appointment.pk)
        count = others.count()
        words = [_overlap(person, count)] if count else []
        return [*words, *_outside(plan, person, self.ticket)]


class FinishForm(StepForm):
    """It has taken place: what came of it, and whether the ticket is over with it (R167)."""

    outcome = NoteField(
        label=gettext_lazy("What came of it"),
        required=False,
        rows=3,
        help_text=gettext_lazy("Only colleagues see it."),
    )
    then = forms.ChoiceField(
        label=gettext_lazy("And then"),
        choices=[
            (GO_ON, gettext_lazy("Go on with the ticket")),
            (CLOSE, gettext_lazy("Close the ticket")),
        ],
        initial=GO_ON,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, data: Any = None, *, ticket: Ticket, user: User, appointment: Appointment
    ) -> None:
        super().__init__(data, ticket=ticket, user=user)
        self.appointment = appointment

    @transaction.atomic
    def take(self, *, actor: Actor, now: datetime) -> None:
        """Both or nothing."""
        said = self.cleaned_data
        actions.finish_appointment(self.appointment, outcome=said["outcome"], actor=actor, now=now)
        if said["then"] == CLOSE:
            actions.close_ticket(self.ticket, actor=actor, now=now)


class CancellationForm(StepForm):
    """It will not take place."""

    def __init__(
        self, data: Any = None, *, ticket: Ticket, user: User, appointment: Appointment
    ) -> None:
        super().__init__(data, ticket=ticket, user=user)
        self.appointment = appointment

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Call it off."""
        actions.cancel_appointment(self.appointment, actor=actor, now=now)


def _usual(ticket: Ticket, user: User) -> dict[str, Any]:
    """The next full hour, half an hour, oneself."""
    hour = timezone.localtime(clock.now()).replace(minute=0, second=0, microsecond=0)
    next_hour = hour.astimezone(ZoneInfo("UTC")) + timedelta(hours=1)
    return {
        "starts_at": next_hour,
        "minutes": USUAL,
        "responsible": user.pk,
        "title": ticket.subject[:200],
        "tells_customer": True,
    }


def _as_typed(appointment: Appointment) -> dict[str, Any]:
    return {
        "starts_at": appointment.starts_at,
        "minutes": appointment.minutes,
        "responsible": appointment.responsible_id,
        "title": appointment.title,
        "place": appointment.place,
        "tells_customer": appointment.is_told,
    }


def _lengths(chosen: int) -> list[tuple[int, str]]:
    return [
        (minutes, ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes})
        for minutes in sorted({*LENGTHS, chosen})
    ]


def _overlap(person: User, count: int) -> str:
    """Not what about: it may belong to a ticket the reader does not see."""
    return ngettext(
        "%(name)s has another appointment at that time.",
        "%(name)s has %(count)d other appointments at that time.",
        count,
    ) % {"name": person.display_name, "count": count}


def _outside(plan: Appointment, person: User, ticket: Ticket) -> list[str]:
    hours = hours_of(ticket.department, person)
    if hours is None:
        return []
    if hours.day_kind(plan.starts_at) == "holiday":
        return [_("That day is a holiday.")]
    wanted = int((plan.ends_at - plan.starts_at).total_seconds())
    if hours.between(plan.starts_at, plan.ends_at) < wanted:
        return [_("That is outside the working hours.")]
    return []
