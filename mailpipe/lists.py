"""Lists of the ledger and the outbox: a line for each mail, newest first, never a count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.utils.safestring import SafeString

from core.keyset import Order, page_of

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class MailLine:
    """One mail of a list."""

    at: datetime
    who: str
    url: str
    subject: str
    mark: SafeString


@dataclass(frozen=True)
class MailList:
    """One page of mails and the ways to the pages around it."""

    lines: list[MailLine]
    previous_url: str
    next_url: str


def mail_list(
    mails: QuerySet[M], asked: QueryDict, *, by: str, line: Callable[[M], MailLine]
) -> MailList:
    """The asked-for page, by the time field `by`, which demo and imports set."""
    page = page_of(mails, Order((by, "id"), is_descending=True), asked)
    return MailList(
        lines=[line(mail) for mail in page.rows],
        previous_url=_url(asked, before=page.previous) if page.previous else "",
        next_url=_url(asked, after=page.next) if page.next else "",
    )


def _url(asked: QueryDict, **cursor: str) -> str:
    """The same question at another place."""
    query = asked.copy()
    for name in ("before", "after"):
        query.pop(name, None)
    query.update(cursor)
    return f"?{query.urlencode()}"
