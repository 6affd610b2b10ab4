"""Forms of one step with a ticket: hand over, escalate, set aside, be reminded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Team, User
from desk import people
from tickets import actions, escalating, vocabulary
from tickets.actions import Changes, Escalation
from tickets.actions.changes import UNCHANGED
from tickets.actions.messages import Answer
from tickets.actors import Actor
from tickets.content import Content, Recipients
from tickets.forms import LineField, RowField
from tickets.models import Status, Ticket
from tickets.models.vocabulary import Kind

MAX_NOTE = 20_000
PRESETS = (1, 3, 6, 12, 24, 48, 72, 168)


class MomentField(forms.DateTimeField):
    """A time in the reader's zone."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


class NoteField(forms.CharField):
    """Some lines for colleagues."""

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(max_length=MAX_NOTE, widget=widget, **options)


class StepForm(forms.Form):
    """One step `user` takes with `ticket`."""

    def __init__(
        self, data: Any = None, *, ticket: Ticket, user: User, initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.ticket = ticket
        self.user = user

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Call the action. Raises ValidationError when it refuses; call it on a valid form only."""
        raise NotImplementedError


class HandoverForm(StepForm):
    """Another department, with what it must know (R182)."""

    department = RowField(rows=vocabulary.departments, label=_("Department"))
    note = NoteField(
        label=_("Hand-over note"),
        help_text=_("What was found out and what is left to do. Only colleagues see it."),
    )

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Move the ticket and pin the note."""
        content = Content(text=self.cleaned_data["note"], is_markdown=True)
        changes = Changes(department=self.cleaned_data["department"])
        actions.hand_over(self.ticket, content=content, changes=changes, actor=actor, now=now)


class TargetField(forms.ChoiceField):
    """A team, a department or a person; cleans to the row."""

    def offer(self, ticket: Ticket, user: User) -> None:
        """Whom `user` may escalate this ticket to."""
        teams = Team.objects.active().exclude(tier=Team.Tier.TIER1)
        self.rows: dict[str, Team | Department | int] = {
            **{f"team:{row.pk}": row for row in teams.select_related("department", "lead")},
            **{
                f"department:{row.pk}": row
                for row in vocabulary.departments()
                if row.pk != ticket.department_id
            },
        }
        colleagues = people.assignable(ticket.department_id)
        staff = {f"person:{row.pk}": row for row in colleagues if row.pk != user.pk}
        self.rows |= {key: row.pk for key, row in staff.items()}
        named = {key: str(row) for key, row in self.rows.items() if key not in staff}
        named |= {key: row.name for key, row in staff.items()}
        self.choices = [("", _("Choose")), *_grouped(named)]

    def clean(self, value: Any) -> Any:
        """The row itself. Raises ValidationError for one that is not offered."""
        row = self.rows[super().clean(value)]
        return User.objects.select_related("role").get(pk=row) if isinstance(row, int) else row


def _grouped(named: dict[str, str]) -> Iterator[tuple[Any, list[tuple[str, str]]]]:
    """Teams first, then departments, then people; none of an empty kind."""
    kinds = (("team", _("Teams")), ("department", _("Departments")), ("person", _("People")))
    for kind, label in kinds:
        pairs = [(key, name) for key, name in named.items() if key.startswith(f"{kind}:")]
        if pairs:
            yield label, pairs


def _resting_statuses() -> list[Status]:
    """What the ticket may stand in meanwhile: on hold here, or worked on there (R28)."""
    return [vocabulary.default_status(kind) for kind in (Kind.WAITING_THIRD_PARTY, Kind.OPEN)]


class EscalationForm(StepForm):
    """Everything at once: target, note, reason, priority, status, word to the customer (R28)."""

    target = TargetField(label=_("Escalate to"))
    reason = forms.ChoiceField(
        label=_("Reason"), choices=lambda: [(text, gettext(text)) for text in escalating.REASONS]
    )
    investigated = NoteField(
        label=_("What was investigated"),
        help_text=_("So that nobody begins from the start. Only colleagues see it."),
    )
    why = NoteField(label=_("Why it needs somebody else"), rows=3)
    priority = RowField(
        rows=vocabulary.priorities, empty=_("As it is"), required=False, label=_("Priority")
    )
    status = RowField(rows=_resting_statuses, label=_("Status meanwhile"))
    message = NoteField(
        label=_("Message to the customer"),
        required=False,
        help_text=_("Leave it empty to write nothing."),
    )

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["target"].offer(self.ticket, self.user)  # type: ignore[attr-defined] # a TargetField
        self.fields["message"].initial = gettext(
            "We've forwarded your request to the specialist team. "
            "We will write to you as soon as there is news."
        )

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Do all of it or nothing."""
        said, target = self.cleaned_data, self.cleaned_data["target"]
        changes = replace(
            escalating.changes_for(self.ticket, target),
            priority=said["priority"] or UNCHANGED,
            status=said["status"],
        )
        escalation = Escalation(
            level=escalating.level_of(target),
            reason=said["reason"],
            note=Content(text=self._note(), is_markdown=True),
            changes=changes,
            answer=self._answer() if said["message"].strip() else None,
            team=target if isinstance(target, Team) else None,
            watchers=escalating.watchers_for(target),
        )
        actions.escalate_ticket(self.ticket, escalation=escalation, actor=actor, now=now)

    def _note(self) -> str:
        said = self.cleaned_data
        return "\n\n".join(
            (
                f"**{gettext('What was investigated')}**",
                said["investigated"],
                f"**{gettext('Why it needs somebody else')}**",
                f"{escalating.reason_words(said['reason'])}. {said['why']}",
            )
        )

    def _answer(self) -> Answer:
        email = self.ticket.customer.email
        followers = self.ticket.followers.filter(is_hidden=False).values_list("email", flat=True)
        copies = tuple(other for other in followers if other != email)
        return Answer(
            content=Content(text=self.cleaned_data["message"], is_markdown=True),
            recipients=Recipients(to=(email,), cc=copies) if email else Recipients(),
            takes_ticket=False,
        )


class DeescalationForm(StepForm):
    """The flag goes, the reason stays in the history."""

    reason = LineField(label=_("Why it is no longer escalated"), max_length=200)

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Take the flag off."""
        reason = self.cleaned_data["reason"]
        actions.deescalate(self.ticket, reason=reason, actor=actor, now=now)


class SnoozeForm(StepForm):
    """For some hours, or until a time."""

    hours = forms.TypedChoiceField(
        choices=[(hours, hours) for hours in PRESETS],
        coerce=int,
        required=False,
        widget=forms.HiddenInput,
    )
    until = MomentField(label=_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        """Either of the two."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned.get("hours") and not cleaned.get("until"):
            self.add_error("until", _("Choose a time that is still to come."))
        return cleaned

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Take the ticket out of the queue."""
        hours = self.cleaned_data["hours"]
        until = now + timedelta(hours=hours) if hours else self.cleaned_data["until"]
        actions.snooze_ticket(self.ticket, until=until, actor=actor, now=now)


class ReminderForm(StepForm):
    """A word to oneself."""

    at = MomentField(label=_("When"))
    text = LineField(label=_("What about"), max_length=200, required=False)

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Remember it."""
        actions.remind(self.ticket, user=self.user, now=now, **self.cleaned_data)
