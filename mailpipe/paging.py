"""Pages of the ledger and the outbox: newest first, by time and id, never a count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_datetime

T = TypeVar("T", bound=Model)

PAGE = 50
_DIGITS = 18


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows and the query string of the next page, empty at the end."""

    rows: list[T]
    next: str


def page_of(rows: QuerySet[T], asked: QueryDict, *, by: str) -> Page[T]:
    """The rows before the cursor, newest by the time field `by` first, which demo and imports set.

    One row more than shown tells whether there is another page.
    """
    moment, _, pk = asked.get("before", "").rpartition("_")
    before = _moment(moment)
    if before is not None and pk.isdecimal() and len(pk) <= _DIGITS:
        rows = rows.filter(Q(**{f"{by}__lt": before}) | Q(**{by: before, "pk__lt": int(pk)}))
    found: list[Any] = list(rows.order_by(f"-{by}", "-pk")[: PAGE + 1])
    if len(found) <= PAGE:
        return Page(found, "")
    query, last = asked.copy(), found[PAGE - 1]
    query["before"] = f"{getattr(last, by).isoformat()}_{last.pk}"
    return Page(found[:PAGE], query.urlencode())


def _moment(text: str) -> datetime | None:
    """An aware time of a cursor; nonsense begins at the first page."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
