"""Records as CSV: columns, lines with what is wrong with them, and whose each record is."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from io import StringIO
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exports import safe_cell
from customers.models import CrmRecord
from customers.record_owners import Owners
from customers.records import RecordFacts, check_facts

MAX_BYTES = 5 * 1024 * 1024
MAX_LINES = 50_000
CHUNK = 200
COLUMNS: dict[str, Any] = {
    "kind": gettext_lazy("Kind"),
    "external_id": gettext_lazy("Id in your system"),
    "email": gettext_lazy("Customer's e-mail"),
    "organisation": gettext_lazy("Organisation"),
    "number": gettext_lazy("Number"),
    "title": gettext_lazy("Title"),
    "status": gettext_lazy("Status"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "issued_on": gettext_lazy("Issued on"),
    "due_on": gettext_lazy("Due on"),
    "starts_on": gettext_lazy("Begins on"),
    "ends_on": gettext_lazy("Ends on"),
    "url": gettext_lazy("Link"),
    "delivery_note": gettext_lazy("Delivery note"),
    "tracking_number": gettext_lazy("Tracking number"),
    "tracking_url": gettext_lazy("Tracking link"),
}
NEEDED = ("kind", "external_id", "status")
DATES = ("issued_on", "due_on", "starts_on", "ends_on")
_PLAIN = [
    name
    for name in COLUMNS
    if name not in (*DATES, "amount", "email", "organisation", "kind", "status")
]
EXAMPLE = (
    "invoice", "INV-1001", "cleo@harbour.example", "Harbour Foods", "INV-1001", "Service in May",
    "open", "120.50", "EUR", "2026-05-01", "2026-05-31", "", "", "", "", "", "",
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of a file: the record, or what is wrong."""

    number: int
    facts: RecordFacts | None
    trouble: str = ""


class Table:
    """A file of records with its head."""

    def __init__(self, content: str) -> None:
        self._content = content.removeprefix("\ufeff")

    @cached_property
    def head(self) -> list[str]:
        """The names of the columns. Raises ValidationError where there are none."""
        head = [cell.strip() for cell in next(self._rows(), [])]
        if len([cell for cell in head if cell]) < len(NEEDED):
            raise ValidationError(_("The first line must name the columns."))
        return list(dict.fromkeys(cell for cell in head if cell))

    def guessed(self) -> dict[str, str]:
        """Which column is what, by its name."""
        known = {name.casefold().replace(" ", "_"): name for name in self.head}
        return {name: known[name] for name in COLUMNS if name in known}

    def size(self) -> int:
        """How many lines there are below the head. Raises ValidationError for too many."""
        size = sum(1 for _row in self._rows()) - 1
        if size > MAX_LINES:
            raise ValidationError(_("At most %(limit)d lines.") % {"limit": MAX_LINES})
        return size

    def lines(self, columns: dict[str, str]) -> Iterator[Line]:
        """Every line, read in chunks: each costs three statements."""
        rows = self._rows()
        places = {name: place for place, name in enumerate(map(str.strip, next(rows, [])))}
        at = {name: places[column] for name, column in columns.items() if column in places}
        numbered = enumerate(rows, start=2)
        while chunk := list(islice(numbered, CHUNK)):
            told = [(number, _cells(row, at)) for number, row in chunk if any(row)]
            owners = Owners(cells for _number, cells in told)
            yield from (_line(number, cells, owners) for number, cells in told)

    def _rows(self) -> Iterator[list[str]]:
        first = self._content.partition("\n")[0]
        delimiter = ";" if first.count(";") > first.count(",") else ","
        try:
            yield from csv.reader(StringIO(self._content, newline=""), delimiter=delimiter)
        except csv.Error as failure:
            raise ValidationError(_("This is no CSV file: %(why)s") % {"why": failure}) from failure


def row_of(record: CrmRecord) -> list[str]:
    """A record as a line of the export, which the import takes again."""
    customer, organisation = record.customer, record.organisation
    told = {
        "email": customer.email if customer else "",
        "organisation": organisation.name if organisation else "",
    }
    return [safe_cell(told.get(name, getattr(record, name, ""))) for name in COLUMNS]


def _cells(row: list[str], at: dict[str, int]) -> dict[str, str]:
    cells = {name: row[place].strip() for name, place in at.items() if place < len(row)}
    # Without the apostrophe that keeps spreadsheets from running it.
    return {name: cell[1:] if cell[:2] in _MARKED else cell for name, cell in cells.items()}


def _line(number: int, cells: dict[str, str], owners: Owners) -> Line:
    try:
        facts = _facts(cells, owners)
        check_facts(facts)
    except ValidationError as trouble:
        return Line(number, None, " ".join(trouble.messages))
    return Line(number, facts)


def _facts(cells: dict[str, str], owners: Owners) -> RecordFacts:
    told: dict[str, Any] = {name: cells.get(name, "") for name in _PLAIN}
    told |= {name: _day(cells.get(name, "")) for name in DATES}
    return RecordFacts(
        kind=cells.get("kind", "").casefold(),
        status=cells.get("status", "").casefold(),
        amount=_amount(cells.get("amount", "")),
        **told,
        **owners.of(cells),
    )


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        amount = Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or abs(amount) >= 10**12:
        raise ValidationError(
            _("“%(text)s” is no amount. Write it such as 120.50.") % {"text": text}
        )
    return amount


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValidationError(
            _("“%(text)s” is no date. Write it such as 2026-05-31.") % {"text": text}
        ) from None


_MARKED = frozenset(["'=", "'+", "'-", "'@"])
