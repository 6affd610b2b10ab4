"""CSV for people with spreadsheets, without cells that a spreadsheet would run (X-36)."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

_FORMULA = re.compile(r"\s*[=+\-@\t\r]")
_PHONE_OR_NUMBER = re.compile(r"\s*[+-]?[\d][\d\s()./,-]*")


class _Echo:
    """A file for csv.writer that hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def safe_cell(value: Any) -> str:
    """The value as text; what a spreadsheet would take for a formula gets an apostrophe.

    Numbers and telephone numbers (`+44…`) are no formulas and stay readable.
    """
    text = "" if value is None else str(value)
    if _FORMULA.match(text) and not _PHONE_OR_NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def csv_response(
    name: str, *, headings: Sequence[Any], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """A download named `name`.csv, written while the rows are read."""
    response = StreamingHttpResponse(_lines(headings, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _lines(headings: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([safe_cell(heading) for heading in headings])
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])
