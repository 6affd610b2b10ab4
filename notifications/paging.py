"""Addresses of the pages around the one shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from core.keyset import Page


@dataclass(frozen=True)
class PageUrls:
    """Where "previous" and "next" lead; empty at the ends."""

    previous: str
    next: str


def page_urls(page: Page[Any], asked: QueryDict) -> PageUrls:
    """The same question at the places before and after."""
    return PageUrls(
        previous=_url(asked, before=page.previous) if page.previous else "",
        next=_url(asked, after=page.next) if page.next else "",
    )


def _url(asked: QueryDict, **cursor: str) -> str:
    query = asked.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    query.update(cursor)
    return f"?{query.urlencode()}"
