"""The table of promises on a policy's page: a row a priority, a column a metric."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from core.form_ui import FieldView, field_view
from sla.models import Metric, SlaPolicy, SlaTarget, When
from sla.preset_files import WARN
from sla.special_targets import ANY, POLICY, SAME, Choices, Line, line_of
from sla.target_cells import CellField, Length, cell_of
from sla.words import ORDER
from tickets.models import Priority


@dataclass(frozen=True)
class GridCell:
    """A promise with the heading it has where the table is shown as blocks."""

    heading: Any
    view: FieldView


@dataclass(frozen=True)
class GridRow:
    """One line of the table as the template shows it."""

    priority: Priority | None
    cells: list[GridCell]
    calendar: FieldView

    @property
    def level(self) -> int:
        """The bars beside the name."""
        return min(self.priority.rank, 4) if self.priority else 0


def metric_labels() -> list[Any]:
    """The headings of the columns."""
    return [Metric(metric).label for metric in ORDER]


def row_keys(choices: Choices) -> list[tuple[str, Priority | None]]:
    """Every priority, then what holds for any other."""
    return [*((str(row.pk), row) for row in choices.priorities), (ANY, None)]


def grid_fields(choices: Choices) -> Iterator[tuple[str, forms.Field]]:
    """A field for each promise and for the calendar of each row."""
    calendars = [("", _("The policy's")), *((str(row.pk), row.name) for row in choices.calendars)]
    for key, priority in row_keys(choices):
        name = priority.name if priority else _("Any other priority")
        for metric in ORDER:
            yield _cell(key, metric), CellField(label=f"{name}: {Metric(metric).label}")
        label = _("%(priority)s: calendar") % {"priority": name}
        yield (
            _calendar(key),
            forms.ChoiceField(
                label=label, choices=calendars, required=False, widget=_select(label)
            ),
        )


def grid_rows(form: forms.BaseForm, choices: Choices) -> list[GridRow]:
    """The table with its bound fields."""
    return [
        GridRow(
            priority,
            [
                GridCell(Metric(metric).label, field_view(form[_cell(key, metric)]))
                for metric in ORDER
            ],
            field_view(form[_calendar(key)]),
        )
        for key, priority in row_keys(choices)
    ]


# -- what is stored, as the form shows it -------------------------------------------------


def shared_of(targets: Sequence[SlaTarget]) -> SlaTarget:
    """Warnings and extra time that most targets have: said once for the policy."""
    if not targets:
        return SlaTarget(thresholds=list(WARN))
    common = Counter((tuple(row.thresholds), row.ooh_extra_s) for row in targets)
    thresholds, extra = common.most_common(1)[0][0]
    return SlaTarget(thresholds=list(thresholds), ooh_extra_s=extra)


def grid_initial(targets: Sequence[SlaTarget], choices: Choices) -> dict[str, Any]:
    """Plain targets in their cells, the others as lines of `special`."""
    shared = shared_of(targets)
    calendars = _row_calendars(targets)
    found: dict[str, Any] = {_calendar(key): str(pk or "") for key, pk in calendars.items()}
    lines: list[Line] = []
    for row in targets:
        key = str(row.priority_id or ANY)
        if _is_plain(row, shared, calendars[key]):
            found[_cell(key, row.metric)] = cell_of(row)
        else:
            line = line_of(row, row_calendar=calendars[key], shared=shared)
            lines.append(choices.told(line))
    return {**found, "special": lines}


def _row_calendars(targets: Iterable[SlaTarget]) -> dict[str, int | None]:
    """The calendar that most plain targets of a row count in."""
    votes: dict[str, Counter[int | None]] = {}
    for row in sorted(targets, key=lambda row: row.when != When.ANY):
        key = str(row.priority_id or ANY)
        votes.setdefault(key, Counter())[row.calendar_id] += 1
    return {key: counter.most_common(1)[0][0] for key, counter in votes.items()}


def _is_plain(row: SlaTarget, shared: SlaTarget, calendar: int | None) -> bool:
    return (
        row.when == When.ANY
        and row.calendar_id == calendar
        and row.ooh_extra_s == shared.ooh_extra_s
        and list(row.thresholds) == list(shared.thresholds)
    )


# -- what was typed, as it is stored ------------------------------------------------------


def grid_targets(
    facts: dict[str, Any], policy: SlaPolicy, choices: Choices, *, shared: SlaTarget
) -> list[SlaTarget]:
    """The targets of cells and lines; raises ValidationError when one is there twice."""
    rows = [
        _target(policy, shared, priority=key, metric=metric, promise=facts[_cell(key, metric)],
                calendar=choices.calendar(facts[_calendar(key)]))
        for key, _priority in row_keys(choices)
        for metric in ORDER
        if facts.get(_cell(key, metric)) is not None
    ]  # fmt: skip
    rows += [_special(policy, shared, line, facts, choices) for line in facts["special"]]
    _refuse_twins(rows)
    return rows


def _special(
    policy: SlaPolicy,
    shared: SlaTarget,
    line: dict[str, Any],
    facts: dict[str, Any],
    choices: Choices,
) -> SlaTarget:
    own = line["calendar"]
    key = facts[_calendar(line["priority"])] if own == SAME else "" if own == POLICY else own
    row = _target(policy, shared, priority=line["priority"], metric=line["metric"],
                  promise=line["amount"], calendar=choices.calendar(key))  # fmt: skip
    row.when = line["when"]
    if line["warnings"] is not None:
        row.thresholds = line["warnings"]
    if line["extra"] is not None:
        row.ooh_extra_s = line["extra"] * 60
    return row


def _target(policy: SlaPolicy, shared: SlaTarget, *, priority: str, metric: str,
            promise: Length, calendar: Any) -> SlaTarget:  # fmt: skip
    return SlaTarget(
        policy=policy,
        priority_id=None if priority == ANY else int(priority),
        metric=metric,
        amount=promise.amount,
        unit=promise.unit,
        calendar=calendar,
        thresholds=list(shared.thresholds),
        ooh_extra_s=shared.ooh_extra_s,
    )


def _refuse_twins(rows: Iterable[SlaTarget]) -> None:
    counts = Counter((row.priority, row.metric, row.when) for row in rows)
    for (priority, metric, when), count in counts.items():
        if count > 1:
            raise forms.ValidationError(
                _("%(priority)s: %(metric)s %(when)s is promised twice. Keep one of them.")
                % {
                    "priority": priority or _("Any other priority"),
                    "metric": Metric(metric).label,
                    "when": When(when).label,
                }
            )


def _select(label: str) -> forms.Select:
    return forms.Select({"aria-label": label})


def _cell(key: str, metric: str) -> str:
    return f"target-{key}-{metric}"


def _calendar(key: str) -> str:
    return f"calendar-{key}"
