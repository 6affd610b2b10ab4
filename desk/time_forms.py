"""What managers decide about the deadlines of one ticket, as forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import clock
from sla.actions.manual import MAX_REASON, correct_calendar, exclude_ticket, pin_policy, void_breach
from sla.models import SlaClock, SlaPolicy
from tickets.actors import Actor
from tickets.forms import LineField, RowField
from tickets.models import Ticket


class DecisionForm(forms.Form):
    """One decision about `ticket`, and about `clock` where it is about one of its clocks."""

    def __init__(
        self,
        data: Any = None,
        *,
        ticket: Ticket,
        clock: SlaClock | None = None,
        initial: Any = None,
    ) -> None:
        name = f"clock-{clock.pk}-%s" if clock else "id_%s"
        super().__init__(data, auto_id=name, initial=initial)
        self.ticket = ticket
        self.clock = clock

    def decide(self, *, actor: Any, now: datetime) -> None:
        """Call the action. Raises ValidationError when it refuses; call it on a valid form only."""
        raise NotImplementedError


class ExclusionForm(DecisionForm):
    """No deadlines for this ticket (R102)."""

    reason = LineField(
        max_length=MAX_REASON,
        label=_("Why this ticket has no deadlines"),
        help_text=_("Shown to everybody who works on it."),
    )

    def decide(self, *, actor: Any, now: datetime) -> None:
        """Take the ticket out of all deadlines."""
        reason = self.cleaned_data["reason"]
        exclude_ticket(self.ticket, reason=reason, actor=Actor.of_user(actor), now=now)


class ReturnForm(DecisionForm):
    """Deadlines again."""

    def decide(self, *, actor: Any, now: datetime) -> None:
        """Bring the ticket back under its deadlines."""
        exclude_ticket(self.ticket, reason="", actor=Actor.of_user(actor), now=now)


class PolicyForm(DecisionForm):
    """Another policy than the first that matches."""

    policy = RowField(
        rows=SlaPolicy.objects.active,
        empty=_("The first that matches"),
        required=False,
        label=_("Policy"),
    )

    def decide(self, *, actor: Any, now: datetime) -> None:
        """Put the ticket under the chosen policy, or let the list decide again."""
        policy = self.cleaned_data["policy"]
        pin_policy(self.ticket, policy=policy, actor=Actor.of_user(actor), now=now)


class ExcuseForm(DecisionForm):
    """A missed deadline that does not count."""

    why = LineField(max_length=200, label=_("Why the missed deadline is excused"))

    def decide(self, *, actor: Any, now: datetime) -> None:
        """Excuse the breach; it stays visible with the reason."""
        if self.clock is not None:
            void_breach(self.clock, why=self.cleaned_data["why"], actor=actor, now=now)


class CorrectionForm(DecisionForm):
    """A holiday somebody forgot to enter: counted again as if the calendar had known it."""

    effective_at = forms.DateTimeField(
        label=_("Since when today's hours should count"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    why = LineField(max_length=200, label=_("What was wrong with the hours"))

    def clean_effective_at(self) -> datetime:
        """Only what has been may be corrected."""
        moment: datetime = self.cleaned_data["effective_at"]
        if moment > clock.now():
            raise ValidationError(_("Choose a time that has been already."))
        return moment

    def decide(self, *, actor: Any, now: datetime) -> None:
        """Count the clock again from then on."""
        if self.clock is not None:
            correct_calendar(self.clock, **self.cleaned_data, actor=actor, now=now)


FORMS: dict[str, type[DecisionForm]] = {
    "exclusion": ExclusionForm,
    "return": ReturnForm,
    "policy": PolicyForm,
    "excuse": ExcuseForm,
    "correction": CorrectionForm,
}
