"""Parts of a calendar's form that are lists of rows: holidays, special days, breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from calendars.differences import day_text
from calendars.hours import UnreadableHours, read_spans, write_spans
from core.text import clean_line

BLANKS = 2
MOST = 300  # rows of one list; with them a form stays below Django's 1,000 fields
NAME_LENGTH = 80


@dataclass(frozen=True)
class Holiday:
    """A day off as the form shows it; only ticked ones are kept."""

    day: str
    name: str = ""
    is_observed: bool = True
    is_new: bool = False

    def __str__(self) -> str:
        return f"{self.label} {self.name}".strip()

    @property
    def year(self) -> str:
        """Under which heading it stands."""
        return self.day[:4]

    @property
    def label(self) -> str:
        """The date for reading, or what was typed in its place."""
        return day_text(self.day) if is_date(self.day) else self.day


@dataclass(frozen=True)
class SpecialDay:
    """A date with hours of its own; no hours means closed."""

    day: str
    hours: str = ""

    def __str__(self) -> str:
        return f"{self.day} {self.hours or _('closed')}"


@dataclass(frozen=True)
class Break:
    """A pause from one local moment to another."""

    begin: str
    end: str

    def __str__(self) -> str:
        return f"{self.begin} – {self.end}"


R = TypeVar("R", Holiday, SpecialDay, Break)


class RowsWidget(forms.Widget, Generic[R]):
    """Existing rows and some empty ones, so that a row is added without any script."""

    template = ""
    blank: Any = None

    def rows(self, data: Any, name: str) -> list[R]:
        """The rows that were posted, as typed."""
        raise NotImplementedError

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[R]:
        return self.rows(data, name) if hasattr(data, "getlist") else []

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def render(
        self, name: str, value: Any, attrs: Any = None, renderer: Any = None
    ) -> SafeString:  # Django's signature
        rows: list[Any] = list(value or [])
        blanks: list[Any] = [self.blank] * BLANKS
        context = {"name": name, "rows": rows, "blanks": blanks, "all_rows": [*rows, *blanks]}
        return render_to_string(self.template, context)


class HolidaysWidget(RowsWidget[Holiday]):
    """Ticked days by year, and empty rows for days of one's own."""

    template = "calendars/holidays.html"
    blank = Holiday("")

    def rows(self, data: Any, name: str) -> list[Holiday]:
        ticked = set(data.getlist(f"{name}_ticked"))
        offered = set(data.getlist(f"{name}_new"))
        entries = [clean_line(entry) for entry in data.getlist(f"{name}_shown")[: MOST + 1]]
        shown = [entry.partition(" ") for entry in entries]
        listed = [
            Holiday(day, title[:NAME_LENGTH], day in ticked, day in offered)
            for day, _space, title in shown
            if day
        ]
        typed = [
            Holiday(day, title[:NAME_LENGTH], is_new=True)
            for day, title in _pairs(data, f"{name}_date", f"{name}_name")
            if day
        ]
        return merged(listed, typed)


class SpecialDaysWidget(RowsWidget[SpecialDay]):
    """Date and hours; a row without a date is gone."""

    template = "calendars/special_days.html"
    blank = SpecialDay("")

    def rows(self, data: Any, name: str) -> list[SpecialDay]:
        pairs = _pairs(data, f"{name}_date", f"{name}_hours")
        return [SpecialDay(day, hours) for day, hours in pairs if day or hours][: MOST + 1]


class BreaksWidget(RowsWidget[Break]):
    """From and to; a row without both is gone."""

    template = "calendars/breaks.html"
    blank = Break("", "")

    def rows(self, data: Any, name: str) -> list[Break]:
        pairs = _pairs(data, f"{name}_begin", f"{name}_end")
        return [Break(begin, end) for begin, end in pairs if begin or end][: MOST + 1]


class RowsField(forms.Field):
    """A list of rows; the calendar's own rules are checked by the engine afterwards."""

    def to_python(self, value: Any) -> list[Any]:
        rows = list(value or [])
        if len(rows) > MOST:
            message = _("At most %(most)d rows. Remove those that are long past.")
            raise forms.ValidationError(message % {"most": MOST})
        return rows

    def has_changed(self, initial: Any, data: Any) -> bool:
        return [str(row) for row in initial or []] != [str(row) for row in data or []]


class HolidaysField(RowsField):
    """Days off with their names."""

    widget = HolidaysWidget

    def to_python(self, value: Any) -> list[Holiday]:
        rows = super().to_python([row for row in value or [] if row.is_observed])
        for row in rows:
            _check_date(row.day)
        return rows

    def has_changed(self, initial: Any, data: Any) -> bool:
        kept = [row for row in data or [] if row.is_observed]
        return super().has_changed(initial, kept)


class SpecialDaysField(RowsField):
    """Dates with hours of their own."""

    widget = SpecialDaysWidget

    def to_python(self, value: Any) -> list[SpecialDay]:
        return [_read_special(row) for row in super().to_python(value)]


class BreaksField(RowsField):
    """Pauses from moment to moment."""

    widget = BreaksWidget

    def to_python(self, value: Any) -> list[Break]:
        rows = super().to_python(value)
        for row in rows:
            if not (row.begin and row.end):
                raise forms.ValidationError(_("A break needs a beginning and an end."))
        return rows


class HoursField(forms.CharField):
    """The opening hours of one weekday; its value are the spans of the spec."""

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else write_spans(value or [])

    def to_python(self, value: Any) -> Any:
        return _spans(str(value or ""))

    def validate(self, value: Any) -> None:
        """An empty day is a closed one."""

    def run_validators(self, value: Any) -> None:
        """The limits of a text do not apply to spans."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return list(initial or []) != self.to_python(data)
        except forms.ValidationError:
            return True


def merged(rows: Iterable[Holiday], more: Iterable[Holiday]) -> list[Holiday]:
    """All days once, in their order; one that is there keeps its tick, and may get a name."""
    found: dict[str, Holiday] = {}
    for row in (*rows, *more):
        known = found.get(row.day)
        if known is None:
            found[row.day] = row
        elif not known.name:
            found[row.day] = Holiday(row.day, row.name, known.is_observed, known.is_new)
    return [found[day] for day in sorted(found)]


def is_date(text: str) -> bool:
    """Whether it reads as year, month, day."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def part_rows(spec: Mapping[str, Any]) -> dict[str, list[Any]]:
    """The rows that a spec shows in its form."""
    names = spec.get("holiday_names", {})
    return {
        "holidays": [Holiday(day, names.get(day, "")) for day in spec.get("holidays", [])],
        "exceptions": [
            SpecialDay(day, write_spans(spans))
            for day, spans in sorted(spec.get("exceptions", {}).items())
        ],
        "breaks": [Break(begin, end) for begin, end in spec.get("breaks", [])],
    }


def _pairs(data: Any, first: str, second: str) -> list[tuple[str, str]]:
    columns = ([clean_line(text) for text in data.getlist(name)] for name in (first, second))
    return list(zip(*columns, strict=False))


def _read_special(row: SpecialDay) -> SpecialDay:
    _check_date(row.day)
    _spans(row.hours)
    return row


def _check_date(text: str) -> None:
    if not is_date(text):
        message = _("“%(text)s” is not a date. Write it like 2026-12-24.")
        raise forms.ValidationError(message % {"text": text[:40]})


def _spans(text: str) -> list[list[str]]:
    try:
        return read_spans(text)
    except UnreadableHours as trouble:
        raise forms.ValidationError(str(trouble)) from trouble
