"""A promise as a form field: a number and its unit, or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from sla.durations import short_target
from sla.models import SlaTarget, Unit

NO_PROMISE = "none"
# So much fits the 30 years a calendar looks ahead, even one that opens one day a week.
LIMITS = {"minutes": 10_000, "hours": 2_000, "business_days": 365}


@dataclass(frozen=True)
class Cell:
    """What stands in the two controls, as text; `unit` "none" promises nothing on purpose."""

    amount: str = ""
    unit: str = Unit.HOURS.value

    def __str__(self) -> str:
        if self.unit == NO_PROMISE:
            return _("no promise")
        if self.amount.isascii() and self.amount.isdecimal() and self.unit in LIMITS:
            return short_target(int(self.amount), self.unit)
        return self.amount

    @property
    def is_empty(self) -> bool:
        return not self.amount and self.unit != NO_PROMISE


@dataclass(frozen=True)
class Length:
    """A promise as a target keeps it; without an amount it is none on purpose (C3)."""

    amount: int | None
    unit: str

    def __str__(self) -> str:
        return short_target(self.amount, self.unit) if self.amount else _("no promise")


def cell_of(row: SlaTarget) -> Cell:
    """The controls of a stored target."""
    return Cell(str(row.amount), row.unit) if row.amount else Cell("", NO_PROMISE)


def read_cell(cell: Cell) -> Length:
    """What the two controls mean. Raises ValidationError."""
    if cell.unit == NO_PROMISE:
        if cell.amount:
            raise forms.ValidationError(_("Empty the number, or choose a unit for it."))
        return Length(None, Unit.HOURS.value)
    if cell.unit not in LIMITS:
        raise forms.ValidationError(_("Choose a unit."))
    if not (cell.amount.isascii() and cell.amount.isdecimal()):
        raise forms.ValidationError(_("Write a whole number, such as 4, or leave it empty."))
    most = LIMITS[cell.unit]
    if not 1 <= int(cell.amount) <= most:
        raise forms.ValidationError(_("Write a number from 1 to %(most)d.") % {"most": most})
    return Length(int(cell.amount), cell.unit)


def unit_choices() -> list[tuple[str, str]]:
    """The units, short enough for a table, and the promise of nothing."""
    short = {"minutes": _("min"), "hours": _("h"), "business_days": _("days")}
    return [*short.items(), (NO_PROMISE, _("none"))]


class CellWidget(forms.Widget):
    """A short number and a select; each is named by the field's label for the ear."""

    template = "sla/cell.html"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Cell | None:
        unit = str(data.get(f"{name}-unit", Unit.HOURS.value))
        cell = Cell(str(data.get(name, "")).strip()[:12], unit)
        return None if cell.is_empty else cell

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """By the project's templates, which Django's own renderer does not see."""
        facts = {**self.attrs, **(attrs or {})}
        cell = value or Cell()
        context = {
            "name": name,
            "cell": cell,
            "units": [(unit, words, unit == cell.unit) for unit, words in unit_choices()],
            "id": facts.get("id", f"id_{name}"),
            "label": facts.get("label", ""),
            "invalid": facts.get("aria-invalid", ""),
            "describedby": facts.get("aria-describedby", ""),
        }
        return render_to_string(self.template, context)


class CellField(forms.Field):
    """One promise; None where there is none."""

    widget = CellWidget

    def __init__(self, *, label: Any, required: bool = False) -> None:
        super().__init__(label=label, required=required, widget=CellWidget({"label": label}))

    def clean(self, value: Any) -> Length | None:
        if value is None:
            if self.required:
                raise forms.ValidationError(_("Write a whole number, such as 4."))
            return None
        return read_cell(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or None) != (data or None)
