"""Forms of work around a ticket: tasks with checklists, time written down by hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk import people
from desk.step_forms import MomentField, StepForm
from tickets import actions
from tickets.actions import Spent, TaskFacts
from tickets.actors import Actor
from tickets.forms import LineField
from tickets.models import Task, Ticket, TimeEntry
from tickets.time_spent import read_span, written_span


class ColleagueField(forms.ChoiceField):
    """Somebody who may be given tickets of the department; cleans to the person."""

    def offer(self, ticket: Ticket, *, empty: Any = "", known: User | None = None) -> None:
        """Those who work there; `known` stays although they work elsewhere by now."""
        staff = {str(row.pk): row.name for row in people.assignable(ticket.department_id)}
        if known is not None:
            staff.setdefault(str(known.pk), known.display_name)
        self.choices = [*([("", empty)] if empty else []), *staff.items()]

    def clean(self, value: Any) -> User | None:
        """The colleague. Raises ValidationError for one who works elsewhere."""
        chosen = super().clean(value)
        found = User.objects.staff().filter(pk=chosen).first() if chosen else None
        if chosen and found is None:
            raise ValidationError(_("Choose somebody who works in this department."))
        return found


class TaskForm(StepForm):
    """Something to do for the ticket; with a `task` what is already on the list."""

    title = LineField(label=_("Task"), max_length=200)
    owner = ColleagueField(label=_("Who"), required=False)
    due_at = MomentField(label=_("Due"), required=False)
    checklist = forms.CharField(
        label=_("Checklist"),
        max_length=10_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One entry for each line."),
    )

    def __init__(
        self, data: Any = None, *, ticket: Ticket, user: User, task: Task | None = None
    ) -> None:
        super().__init__(data, ticket=ticket, user=user, initial=_task_as_typed(task))
        self.task = task
        known = task.owner if task else None
        self.fields["owner"].offer(ticket, empty=_("Nobody yet"), known=known)  # type: ignore[attr-defined] # a ColleagueField

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Put it on the list, or change what is there."""
        said = self.cleaned_data
        lines = tuple(said["checklist"].splitlines())
        facts = TaskFacts(
            title=said["title"], owner=said["owner"], due_at=said["due_at"], checklist=lines
        )
        if self.task is None:
            actions.add_task(self.ticket, facts=facts, actor=actor, now=now)
        else:
            actions.change_task(self.task, facts=facts, actor=actor, now=now)


class TimeForm(StepForm):
    """Time spent, as people write it: 25, 1:30, 90m."""

    spent = LineField(
        label=_("Time spent"),
        max_length=20,
        help_text=_("Minutes, or such as 1:30, 90m, 1h 30m."),
    )
    note = LineField(label=_("What for"), max_length=200, required=False)
    is_billable = forms.BooleanField(label=_("Billable"), required=False)

    def __init__(
        self, data: Any = None, *, ticket: Ticket, user: User, entry: TimeEntry | None = None
    ) -> None:
        super().__init__(data, ticket=ticket, user=user, initial=_entry_as_typed(entry))
        self.entry = entry

    def clean_spent(self) -> int:
        """Seconds. Raises ValidationError for what is no time."""
        seconds = read_span(self.cleaned_data["spent"])
        if seconds is None:
            raise ValidationError(_("Write a time such as 25, 1:30 or 90m."))
        return seconds

    def take(self, *, actor: Actor, now: datetime) -> None:
        """Write it down, or correct what was written."""
        said = self.cleaned_data
        spent = Spent(seconds=said["spent"], note=said["note"], is_billable=said["is_billable"])
        if self.entry is None:
            actions.log_time(self.ticket, spent=spent, actor=actor, now=now)
        else:
            actions.change_time_entry(self.entry, spent=spent, actor=actor, now=now)


def _task_as_typed(task: Task | None) -> dict[str, Any]:
    if task is None:
        return {}
    return {
        "title": task.title,
        "owner": task.owner_id,
        "due_at": task.due_at,
        "checklist": "\n".join(item.text for item in task.items.all()),
    }


def _entry_as_typed(entry: TimeEntry | None) -> dict[str, Any]:
    if entry is None:
        return {}
    return {
        "spent": written_span(entry.seconds),
        "note": entry.note,
        "is_billable": entry.is_billable,
    }
