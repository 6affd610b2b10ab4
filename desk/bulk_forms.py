"""What the bulk bar posts: a step with its choices, and the tickets it is meant for."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from automation.macros import macros_for
from desk import people
from desk.bulk_steps import STEPS
from desk.forms import TagsForm
from desk.step_forms import NoteField
from tickets import vocabulary
from tickets.forms import RowField
from tickets.search import ticket_number

NOBODY: Final = "nobody"
MOST_IDS: Final = 1000
_MAX_ID: Final = 2**63 - 1
_CHOICES: Final = ("assignee", "status", "priority", "department", "note", "tags", "macro")


class IdsField(forms.Field):
    """The ids of the chosen tickets, each a field of its own."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[int]:
        """The ids in their order. Raises ValidationError for more than a page can send."""
        given = map(str, value or ())
        ids = sorted({number for one in given if (number := ticket_number(one)) is not None})
        if len(ids) > MOST_IDS:
            raise ValidationError(
                _("Choose at most %(count)d tickets one by one.") % {"count": MOST_IDS}
            )
        return ids


class BulkForm(forms.Form):
    """One step over many tickets; which of the choices it needs is said by the step."""

    step = forms.ChoiceField(
        label=_("What to do"), choices=lambda: [(key, one.label) for key, one in STEPS.items()]
    )
    assignee = forms.ChoiceField(label=_("Assignee"), required=False)
    status = RowField(rows=vocabulary.statuses, label=_("Status"), required=False)
    priority = RowField(rows=vocabulary.priorities, label=_("Priority"), required=False)
    department = RowField(rows=vocabulary.departments, label=_("Department"), required=False)
    note = NoteField(
        label=_("Hand-over note"),
        required=False,
        help_text=_("What was found out and what is left to do. Only colleagues see it."),
    )
    tags = forms.CharField(
        label=_("Tags"), required=False, max_length=1000, help_text=_("Parted by commas.")
    )
    macro = forms.TypedChoiceField(label=_("Macro"), required=False, coerce=int, empty_value=None)
    into = forms.IntegerField(
        label=_("Merge into"),
        required=False,
        min_value=1,
        max_value=_MAX_ID,
        help_text=_("The number of the chosen ticket that is kept; the oldest if empty."),
    )
    all = forms.BooleanField(required=False, widget=forms.HiddenInput)
    ids = IdsField(required=False)
    query = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)
    as_of = forms.IntegerField(
        required=False, min_value=0, max_value=_MAX_ID, widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(with_choice(data))
        staff = [(str(row.pk), row.name) for row in people.colleagues()]
        offered: dict[str, Any] = self.fields
        offered["assignee"].choices = [("", ""), (NOBODY, _("Nobody")), *staff]
        macros = [(str(rule.id), rule.name) for rule in macros_for(user)]
        offered["macro"].choices = [("", ""), *macros]

    def clean_assignee(self) -> str | User | None:
        """The colleague, None to give the tickets back, or an empty word for no choice."""
        chosen: str = self.cleaned_data["assignee"]
        if chosen in {"", NOBODY}:
            return None if chosen else ""
        return User.objects.get(pk=chosen)

    def clean_tags(self) -> list[str]:
        """The words."""
        form = TagsForm({"tags": self.cleaned_data["tags"]})
        return form.cleaned_data["tags"] if form.is_valid() else []

    def clean(self) -> dict[str, Any]:
        """What the step needs is there, and some ticket is chosen."""
        cleaned = super().clean() or {}
        for name in STEPS[cleaned["step"]].needs if "step" in cleaned else ():
            if name not in self.errors and self._is_missing(name, cleaned.get(name)):
                self.add_error(name, self.fields[name].error_messages["required"])
        if not cleaned.get("ids") and not cleaned.get("all") and "ids" not in self.errors:
            raise ValidationError(_("Choose at least one ticket."))
        return cleaned

    def choices(self) -> dict[str, Any]:
        """What the step was given, for JSON. Call it on a valid form only."""
        needs = STEPS[self.cleaned_data["step"]].needs
        chosen = {name: self.cleaned_data[name] for name in needs}
        return {name: getattr(value, "pk", value) for name, value in chosen.items()}

    @staticmethod
    def _is_missing(name: str, value: Any) -> bool:
        return value in ("", []) if name == "assignee" else not value


def with_choice(posted: Any) -> Any:
    """A button that is step and choice in one, such as `assignee:5`, as the form reads it."""
    if not isinstance(posted, QueryDict):
        return posted
    step, _colon, value = posted.get("step", "").partition(":")
    told = posted.copy()
    told["step"] = step
    if value and step in _CHOICES:
        told[step] = value
    return told
