"""A calendar as managers type it: a line a weekday, lists of dates, a zone."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calendars.days_off_forms import DaysOffForm
from calendars.engine import BadSpec, refuse_never_open
from calendars.hours import read_spans
from calendars.models import BusinessCalendar
from calendars.parts import BreaksField, HolidaysField, HoursField, SpecialDaysField, part_rows
from calendars.selects import LongSelect
from calendars.versions import NAMES, engine_spec, stored_spec
from calendars.words import DAYS
from core import clock

ZONES = sorted(name for name in available_timezones() if "/" in name or name == "UTC")
PARTS = ("holidays", "exceptions", "breaks")
DAY_LABELS = {
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
    "sun": _("Sunday"),
}


class CalendarForm(forms.ModelForm):
    """Name, zone, hours of the week, and the dates that differ.

    `sample` is the calendar to preview: the typed one if it makes sense, else the stored one.
    `days_off` chooses holidays to be offered; `note` says what a step did that saved nothing.
    """

    tz = forms.ChoiceField(
        label=_("Time zone"),
        choices=[(name, name.replace("_", " ")) for name in ZONES],
        widget=LongSelect,
        help_text=_("The hours below are local times there."),
    )
    holidays = HolidaysField(label=_("Holidays"), required=False)
    exceptions = SpecialDaysField(label=_("Special days"), required=False)
    breaks = BreaksField(label=_("Breaks"), required=False)

    note = ""

    class Meta:
        model = BusinessCalendar
        fields = ["name", "description"]
        labels = {"name": _("Name"), "description": _("Description")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec: dict[str, Any] = self.instance.spec if self.instance.pk else {}
        self.sample = self.spec
        data, files = (self.data, self.files) if self.is_bound else (None, None)
        self.days_off = DaysOffForm(data, files, now=clock.now())
        weekly = self.spec.get("weekly", {})
        for day, label in DAY_LABELS.items():
            self.fields[day] = HoursField(label=label, required=False)
            self.initial.setdefault(day, weekly.get(day, []))
        self.initial.setdefault("tz", self.spec.get("tz", "America/New_York"))
        for part, rows in part_rows(self.spec).items():
            self.initial.setdefault(part, rows)

    def clean(self) -> dict[str, Any]:
        """Assemble the spec and let the engine judge it, when its parts could be read."""
        facts = super().clean() or {}
        if self.errors.keys() & {"tz", *DAYS, *PARTS}:
            return facts
        try:
            spec = stored_spec(self._typed_spec())
            refuse_never_open(engine_spec(spec), clock.now())
        except BadSpec as trouble:
            self._add_trouble(trouble)
        else:
            self.spec = self.sample = spec
        return facts

    def days(self) -> list[forms.BoundField]:
        """The fields of the week."""
        return [self[day] for day in DAYS]

    def ended_in(self) -> str:
        """The year of the last holiday, if all of them are past."""
        last = max(self.spec.get("holidays") or [""])
        return last[:4] if last and last < clock.now().date().isoformat() else ""

    def typed(self) -> dict[str, Any]:
        """What stands in the fields, sense or not."""
        return {name: self[name].value() for name in self.fields}

    def spec_changes(self) -> dict[str, tuple[Any, Any]]:
        """For the impact previews: the calendar before and after, if it differs."""
        before = self.instance.spec if self.instance.pk else {}
        return {"spec": (before, self.spec)} if before != self.spec else {}

    def _typed_spec(self) -> dict[str, Any]:
        facts = self.cleaned_data
        return {
            "tz": facts["tz"],
            "weekly": {day: facts[day] for day in DAYS},
            "holidays": [row.day for row in facts["holidays"]],
            NAMES: {row.day: row.name for row in facts["holidays"]},
            "exceptions": {row.day: read_spans(row.hours) for row in facts["exceptions"]},
            "breaks": [[row.begin, row.end] for row in facts["breaks"]],
        }

    def _add_trouble(self, trouble: BadSpec) -> None:
        part = trouble.field.removeprefix("weekly.")
        sentence = gettext(trouble.template) % trouble.facts
        self.add_error(part if part in self.fields else None, sentence)
