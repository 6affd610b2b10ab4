"""Rows of a settings table as its page shows them, with who uses them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.registries import usage_counts

if TYPE_CHECKING:
    from core.crud import ManagedTable


@dataclass(frozen=True)
class TableRow:
    """One line: its cells, its uses in words, and where its buttons lead."""

    pk: Any
    name: str
    cells: list[Any]
    uses: list[str]
    edit_url: str
    position_url: str
    restore_url: str
    is_archived: bool
    is_first: bool
    is_last: bool


def table_rows(table: ManagedTable) -> list[TableRow]:
    """All rows, those in use first; one statement for each registered kind of use."""
    rows = list(table.all_rows())
    uses = all_usage_words(table.label, [row.pk for row in rows])
    active = [row for row in rows if not is_archived(table, row)]
    archived = [row for row in rows if is_archived(table, row)]
    edges = {active[0].pk: "first", active[-1].pk: "last"} if len(active) > 1 else {}
    if len(active) == 1:
        edges = {active[0].pk: "both"}
    return [_line(table, row, uses[row.pk], edges.get(row.pk, "")) for row in active + archived]


def is_archived(table: ManagedTable, row: Any) -> bool:
    """Whether the row is out of use."""
    return bool(table.archived and getattr(row, table.archived))


def usage_words(label: str, pk: Any) -> list[str]:
    """Who uses one row: "used by 14 of those"."""
    return all_usage_words(label, [pk])[pk]


def all_usage_words(label: str, pks: list[Any]) -> dict[Any, list[str]]:
    """Who uses the rows, by primary key."""
    found: dict[Any, list[str]] = defaultdict(list)
    for usage in usage_counts.entries():
        if usage.model == label and pks:
            for pk, count in usage.counts(pks).items():
                if count:
                    found[pk].append(usage.words(count))
    return found


def _line(table: ManagedTable, row: Any, uses: list[str], edge: str) -> TableRow:
    archived = is_archived(table, row)
    return TableRow(
        pk=row.pk,
        name=str(row),
        cells=[cell(row) for _heading, cell in table.columns],
        uses=uses,
        edit_url=table.url("edit", pk=row.pk),
        position_url=table.url("position", pk=row.pk) if table.ordering and not archived else "",
        restore_url=table.url("restore", pk=row.pk) if archived else "",
        is_archived=archived,
        is_first=edge in {"first", "both"},
        is_last=edge in {"last", "both"},
    )
