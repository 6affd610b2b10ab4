"""Pages of the ledger and the outbox: newest first, by id, never a count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict

T = TypeVar("T", bound=Model)

PAGE = 50
_DIGITS = 18


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows and the query string of the next page, empty at the end."""

    rows: list[T]
    next: str


def page_of(rows: QuerySet[T], asked: QueryDict) -> Page[T]:
    """The rows below `before`; one more than shown tells whether there is another page."""
    before = asked.get("before", "")
    if before.isdecimal() and len(before) <= _DIGITS:
        rows = rows.filter(pk__lt=int(before))
    found: list[Any] = list(rows.order_by("-pk")[: PAGE + 1])
    if len(found) <= PAGE:
        return Page(found, "")
    query = asked.copy()
    query["before"] = str(found[PAGE - 1].pk)
    return Page(found[:PAGE], query.urlencode())
