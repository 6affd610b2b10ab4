"""Pages of a list by row comparison: page 100 costs what page 1 costs (performance.md 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler
from django.http import QueryDict

T = TypeVar("T")
M = TypeVar("M", bound=Model)

PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LAST_MOMENT = 253_402_300_799_999_999  # the year 9999 ends; later ones overflow a datetime


@dataclass(frozen=True)
class Order:
    """The columns a list is sorted by, all in one direction; the last one is unique."""

    columns: tuple[str, ...]
    is_descending: bool = False

    def terms(self, *, backwards: bool) -> list[str]:
        sign = "-" if self.is_descending != backwards else ""
        return [f"{sign}{column}" for column in self.columns]


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: after a row, or before one when paging back."""

    values: tuple[int, ...] = ()
    is_backwards: bool = False


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows of one page and the cursors around them, empty where the list ends."""

    rows: list[T]
    previous: str
    next: str


class RowComparison(Func):
    """(a, b, c) > (1, 2, 3), which one index scan answers."""

    output_field = BooleanField()

    def __init__(self, columns: Sequence[Any], values: Sequence[Any], *, operator: str) -> None:
        super().__init__(*columns, *values)
        self.operator = operator

    def as_sql(  # type: ignore[override] # the base class knows more optional arguments
        self, compiler: SQLCompiler, _connection: Any
    ) -> tuple[str, list[Any]]:
        parts = [compiler.compile(expression) for expression in self.source_expressions]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _ in side) for side in (parts[:half], parts[half:]))
        return f"(({left}) {self.operator} ({right}))", [p for _, ps in parts for p in ps]


def read_cursor(after: str, before: str, order: Order) -> Cursor:
    """The cursor of a query string; nonsense begins at the first page."""
    for text, is_backwards in ((after, False), (before, True)):
        parts = text.split("_")
        if len(parts) == len(order.columns) and all(_is_number(part) for part in parts):
            return Cursor(tuple(int(part) for part in parts), is_backwards)
    return Cursor()


def page_of(queryset: QuerySet[M], order: Order, asked: QueryDict) -> Page[M]:
    """The page of plain rows that a query string asks for by `after` or `before`."""
    cursor = read_cursor(asked.get("after", ""), asked.get("before", ""), order)
    found = list(beyond(queryset, order, cursor)[: PAGE + 1])
    return paged(found, cursor, lambda row: [getattr(row, column) for column in order.columns])


def beyond(queryset: QuerySet[Any], order: Order, cursor: Cursor) -> QuerySet[Any]:
    """`queryset` sorted, from the cursor on in its direction."""
    if cursor.values:
        operator = "<" if order.is_descending != cursor.is_backwards else ">"
        columns = [F(column) for column in order.columns]
        values = [
            _value(queryset, *pair) for pair in zip(order.columns, cursor.values, strict=True)
        ]
        queryset = queryset.filter(RowComparison(columns, values, operator=operator))
    return queryset.order_by(*order.terms(backwards=cursor.is_backwards))


def paged(found: list[T], cursor: Cursor, positions: Any) -> Page[T]:
    """A page out of up to PAGE + 1 `found` rows; `positions(row)` are its columns of the order."""
    has_more = len(found) > PAGE
    rows = found[:PAGE]
    if cursor.is_backwards:
        rows.reverse()
    has_previous = has_more if cursor.is_backwards else bool(cursor.values)
    has_next = bool(rows) if cursor.is_backwards else has_more
    return Page(
        rows,
        previous=position(positions(rows[0])) if has_previous and rows else "",
        next=position(positions(rows[-1])) if has_next and rows else "",
    )


def position(values: Sequence[Any]) -> str:
    """Columns of a row as a cursor; times in microseconds since 1970."""
    return "_".join(str(to_number(value)) for value in values)


def to_number(value: Any) -> int:
    """A time in microseconds since 1970; anything else as the number it is."""
    return (value - _EPOCH) // _MICROSECOND if isinstance(value, datetime) else int(value)


def read_moment(text: str) -> datetime | None:
    """The time of `to_number`, from a query string; None for nonsense."""
    return _EPOCH + int(text) * _MICROSECOND if _is_number(text) else None


def _value(queryset: QuerySet[Any], column: str, number: int) -> Value:
    field = queryset.model._meta.get_field(column)
    if field.get_internal_type() == "DateTimeField":
        return Value(_EPOCH + number * _MICROSECOND, output_field=field)
    return Value(number, output_field=field)


def _is_number(part: str) -> bool:
    return part.isascii() and part.isdigit() and int(part) <= _LAST_MOMENT
