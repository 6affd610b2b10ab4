"""The question to the simulator: when, how urgent, where, and whatever a condition asks about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.conditions import FieldSpec
from core.conditions import fields as known_fields
from core.conditions.tree import leaves
from sla.rules import Rules
from sla.simulator import Question
from tickets import vocabulary

FIRST_YEAR, LAST_YEAR = 1990, 2100
ALWAYS_ASKED = ("priority", "department")
NOTHING: dict[str, Any] = {
    "customer": None, "customer_vip": False, "organisation": None, "tier": None, "service": None,
    "channel": "email", "status_kind": "new", "tags": [], "subject": "",
}  # fmt: skip


class SimulatorForm(forms.Form):
    """A GET form; facts no policy asks about are left out."""

    at = forms.DateTimeField(
        label=_("Created"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, rules: Rules) -> None:
        super().__init__(data or None)
        self.initial["at"] = timezone.localtime(clock.now())
        self.initial["priority"] = str(vocabulary.default_priority().pk)
        offered = [row for row in rules.policies if row.is_offered]
        used = {leaf["field"] for row in offered for leaf in leaves(dict(row.conditions))}
        used |= {"service"} if rules.excluded_services else set()
        self.asked = [*ALWAYS_ASKED, *sorted(used & NOTHING.keys() & dict(known_fields).keys())]
        for key in self.asked:
            self.fields[key] = _fact_field(known_fields[key])
        self.fields["policy"] = forms.ChoiceField(
            label=_("Policy"),
            required=False,
            choices=[
                ("", _("The first that fits")),
                *((str(row.id), row.name) for row in offered),
            ],
        )

    def clean_at(self) -> datetime:
        """A year that calendars know."""
        at: datetime = self.cleaned_data["at"]
        if not FIRST_YEAR <= at.year <= LAST_YEAR:
            message = gettext("Choose a year from %(first)d to %(last)d.")
            raise forms.ValidationError(message % {"first": FIRST_YEAR, "last": LAST_YEAR})
        return at

    def question(self) -> Question:
        """What was asked, in the facts of a ticket."""
        given = {key: _fact(known_fields[key], self.cleaned_data[key]) for key in self.asked}
        chosen = self.cleaned_data["policy"]
        return Question(
            at=self.cleaned_data["at"],
            facts={**NOTHING, **given},
            policy=int(chosen) if chosen else None,
        )

    def clean(self) -> dict[str, Any]:
        """Names and addresses must be somebody's."""
        facts = super().clean() or {}
        for key in self.asked:
            lookup = known_fields[key].lookup
            text = facts.get(key)
            if lookup and text and lookup.find(text) is None:
                self.add_error(key, lookup.unknown(text))
        return facts


def _fact_field(spec: FieldSpec) -> forms.Field:
    if spec.lookup:
        return forms.CharField(label=spec.label, required=False, help_text=spec.lookup.hint)
    if spec.kind == "choice":
        return _choice(spec)
    if spec.kind == "bool":
        return forms.BooleanField(label=spec.label, required=False)
    hint = gettext("Separated by commas.") if spec.kind == "set" else ""
    return forms.CharField(label=spec.label, required=False, max_length=200, help_text=hint)


def _choice(spec: FieldSpec) -> forms.ChoiceField:
    rows = [(str(value), label) for value, label in (spec.choices or list)()]
    is_needed = spec.key in ALWAYS_ASKED
    blank = [] if is_needed else [("", gettext("None"))]
    return forms.ChoiceField(label=spec.label, required=is_needed, choices=[*blank, *rows])


def _fact(spec: FieldSpec, given: Any) -> Any:
    if spec.lookup:
        return spec.lookup.find(given) if given else None
    read = _READ.get(spec.kind, str)
    if spec.kind == "choice":
        return next((value for value in _values(spec) if str(value) == given), None)
    return read(given)


def _values(spec: FieldSpec) -> Iterable[Any]:
    return [value for value, _label in (spec.choices or list)()]


def _words(text: str) -> list[str]:
    return sorted(filter(None, (part.strip() for part in text.split(","))))


_READ: dict[str, Callable[[Any], Any]] = {"bool": bool, "set": _words}
