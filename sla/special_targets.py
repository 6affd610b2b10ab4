"""Targets that need more than a cell: other times, calendars, warnings; as lines of a form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calendars.models import BusinessCalendar
from sla.models import Metric, SlaTarget, When
from sla.target_cells import NO_PROMISE, Cell, CellField, cell_of
from sla.warning_times import read_warnings, write_warnings
from tickets.models import Priority

BLANKS = 1
MOST = 60
ANY = "any"
SAME, POLICY = "", "policy"
NONE = "none"


@dataclass(frozen=True)
class Line:
    """One special target as typed; `words` says it in a sentence."""

    priority: str = ANY
    metric: str = ""
    when: str = ANY
    amount: str = ""
    unit: str = "hours"
    calendar: str = SAME
    warnings: str = ""
    extra: str = ""
    words: str = field(default="", compare=False)

    def __str__(self) -> str:
        return self.words

    @property
    def cell(self) -> Cell:
        return Cell(self.amount, self.unit)


TYPED = [row.name for row in fields(Line) if row.name != "words"]


@dataclass(frozen=True, kw_only=True)
class Choices:
    """The rows a target may name."""

    priorities: tuple[Priority, ...]
    calendars: tuple[BusinessCalendar, ...]

    def priority(self, key: str) -> Priority | None:
        return next((row for row in self.priorities if str(row.pk) == key), None)

    def calendar(self, key: str) -> BusinessCalendar | None:
        return next((row for row in self.calendars if str(row.pk) == key), None)

    def told(self, line: Line) -> Line:
        """The line with its sentence, for the audit log and for conflicts."""
        own = self.calendar(line.calendar)
        parts = [
            f"{dict(Metric.choices).get(line.metric, '')} {line.cell}".strip(),
            str(dict(When.choices).get(line.when, "")) if line.when != ANY else "",
            own.name if own else _("the policy's calendar") if line.calendar == POLICY else "",
            line.warnings,
            _("%(n)s minutes more outside hours") % {"n": line.extra} if line.extra else "",
        ]
        who = self.priority(line.priority) or _("any other priority")
        return replace(line, words=f"{who}: {', '.join(part for part in parts if part)}")


class LineForm(forms.Form):
    """The controls of one line."""

    # The empty line at the end must not keep browsers from sending the form.
    use_required_attribute = False
    priority = forms.ChoiceField(label=gettext_lazy("Priority"))
    metric = forms.ChoiceField(
        label=gettext_lazy("Promise"),
        choices=[("", gettext_lazy("Choose one")), *Metric.choices],
        error_messages={"required": gettext_lazy("Choose what is promised.")},
    )
    when = forms.ChoiceField(label=gettext_lazy("If the clock starts"), choices=When.choices)
    amount = CellField(label=gettext_lazy("Time"), required=True)
    calendar = forms.ChoiceField(label=gettext_lazy("Calendar"), required=False)
    warnings = forms.CharField(label=gettext_lazy("Warn at"), required=False, max_length=200)
    extra = forms.IntegerField(
        label=gettext_lazy("Extra minutes"),
        required=False,
        min_value=0,
        max_value=10_000,
    )

    def __init__(self, line: Line, choices: Choices, *, prefix: str, is_typed: bool) -> None:
        typed = {f"{prefix}-{name}": getattr(line, name) for name in TYPED}
        typed[f"{prefix}-amount-unit"] = typed.pop(f"{prefix}-unit")
        initial = {**{name: getattr(line, name) for name in TYPED}, "amount": line.cell}
        # Ids of a line hold numbers, so that each label finds its control.
        super().__init__(typed if is_typed else None, initial=initial, prefix=prefix)
        self.fields["priority"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            *((str(row.pk), row.name) for row in choices.priorities),
            (ANY, _("Any other priority")),
        ]
        self.fields["calendar"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            (SAME, _("Like its row above")),
            (POLICY, _("The policy's")),
            *((str(row.pk), row.name) for row in choices.calendars),
        ]

    def clean_warnings(self) -> list[str] | None:
        """None is like the policy."""
        text = self.cleaned_data["warnings"].strip()
        if text.lower() in {NONE, _("none")}:
            return []
        return read_warnings(text) if text else None


class LinesWidget(forms.Widget):
    """The lines that are there and some empty ones, so that one is added without any script."""

    template = "sla/lines.html"
    is_judged = True  # not while a form comes back for another line only
    choices = Choices(priorities=(), calendars=())

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[Line]:
        found = []
        for number in range(MOST + 1):
            if f"{name}-{number}-metric" not in data:
                break
            line = _typed_line(data, f"{name}-{number}")
            if not line.cell.is_empty:
                found.append(self.choices.told(line))
        return found

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-0-metric" not in data

    def line_forms(self, name: str, lines: Iterable[Line], *, is_typed: bool) -> list[LineForm]:
        """A form for each line, then the empty ones."""
        rows = [(line, is_typed) for line in lines] + [(Line(), False)] * BLANKS
        return [
            LineForm(line, self.choices, prefix=f"{name}-{number}", is_typed=typed)
            for number, (line, typed) in enumerate(rows)
        ]

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """By the project's templates, which Django's own renderer does not see."""
        lines = list(value or [])
        found = self.line_forms(name, lines, is_typed=self.is_judged)
        return render_to_string(self.template, {"forms": found, "count": len(lines)})


class LinesField(forms.Field):
    """Special targets; its value are the cleaned facts of each line."""

    widget = LinesWidget

    def clean(self, value: Any) -> list[dict[str, Any]]:
        lines = list(value or [])
        if len(lines) > MOST:
            raise forms.ValidationError(_("At most %(most)d lines.") % {"most": MOST})
        widget: LinesWidget = self.widget  # type: ignore[assignment]  # an instance by now
        shown = widget.line_forms("line", lines, is_typed=True)[: len(lines)]
        wrong = [
            _("Line %(number)d: %(error)s") % {"number": number, "error": errors[0]}
            for number, form in enumerate(shown, start=1)
            for errors in form.errors.values()
        ]
        if wrong:
            raise forms.ValidationError(wrong)
        return [form.cleaned_data for form in shown]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or []) != list(data or [])


def line_of(row: SlaTarget, *, row_calendar: int | None, shared: SlaTarget) -> Line:
    """A stored target as a line; what it shares with its row and policy is left empty."""
    own = SAME if row.calendar_id == row_calendar else str(row.calendar_id or POLICY)
    is_shared = list(row.thresholds) == list(shared.thresholds)
    return Line(
        priority=str(row.priority_id or ANY),
        metric=row.metric,
        when=row.when,
        amount=cell_of(row).amount,
        unit=cell_of(row).unit,
        calendar=own,
        warnings="" if is_shared else write_warnings(row.thresholds) or NONE,
        extra="" if row.ooh_extra_s == shared.ooh_extra_s else str(row.ooh_extra_s // 60),
    )


def _typed_line(data: Mapping[str, Any], prefix: str) -> Line:
    typed = {name: str(data.get(f"{prefix}-{name}", "")).strip()[:200] for name in TYPED}
    return Line(**{**typed, "unit": str(data.get(f"{prefix}-amount-unit", NO_PROMISE))})
