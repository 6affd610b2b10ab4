"""Questions of the shipped lists that are asked most often: their first pages, their counters.

Each is written to SQL once per process for all who may see as much (`core.compiled`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from copy import copy
from datetime import UTC, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet, Value

from accounts.models import User
from accounts.models.role import Permission
from core.compiled import Compiled
from core.ui import COUNTER_LIMIT
from desk.rows import Facts, asked_for, told_by
from desk.shipped import View
from tickets.models.ticket import TicketQuerySet

Narrow = Callable[[TicketQuerySet, int], QuerySet[Any, Any]]

# Lists look different to each who chose columns, so there is an end to what is kept.
MOST_WRITTEN = 256
_NO_MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
_written: dict[Hashable, Compiled[Any]] = {}


def first_page(
    view: View, user: User, limit: int, *, columns: tuple[str, ...]
) -> list[Facts] | None:
    """The beginning of the list of `view`; None where it has to be asked in words of its own."""
    if not _is_written(view, user):
        return None
    order = view.order.terms(backwards=False)

    def listed(tickets: TicketQuerySet, reader: int) -> QuerySet[Any, Any]:
        return asked_for(tickets.order_by(*order), reader, limit, columns=columns)

    key = ("list", view.name, view.order, columns, limit)
    question = _question(key, view, user, listed)
    return told_by(question.rows(**_given(user)), order, columns=columns)


def counting(view: View, user: User, now: datetime) -> tuple[str, list[Any]] | None:
    """SQL of one row per ticket of `view`, a thousand at most; None when there can be none.

    Nothing but a constant is selected, so that an index alone can answer.
    """
    if _is_written(view, user):
        return _question(("count", view.name), view, user, _counted).sql(**_given(user))
    try:
        sql, parameters = _counted(view.tickets(user, now), user.pk).query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, list(parameters)


def _counted(tickets: TicketQuerySet, _reader: int) -> QuerySet[Any, Any]:
    return tickets.order_by().annotate(one=Value(1)).values("one")[: COUNTER_LIMIT + 1]


def _is_written(view: View, user: User) -> bool:
    """Whether the question depends on who asks and on nothing else that is told with it."""
    if not view.is_timeless or view.chosen.given():
        return False
    sees_some = user.may(Permission.TICKETS_WORK) and bool(user.department_ids())
    return user.may(Permission.TICKETS_ALL) or sees_some


def _given(user: User) -> dict[str, Any]:
    seen = {} if user.may(Permission.TICKETS_ALL) else {"departments": user.department_ids()}
    return {"reader": user.pk, **seen}


def _question(key: Hashable, view: View, user: User, narrow: Narrow) -> Compiled[Any]:
    """The same for all who may see all departments, and for all who may see their own."""
    key = (key, user.may(Permission.TICKETS_ALL))
    if key not in _written:
        if len(_written) >= MOST_WRITTEN:
            _written.clear()
        _written[key] = Compiled(_Tickets(view, user, narrow))
    return _written[key]


class _Tickets:
    """Asks for the tickets of a view as somebody with the rights of `like` and another key."""

    def __init__(self, view: View, like: User, narrow: Narrow) -> None:
        self._view, self._like, self._narrow = view, copy(like), narrow

    def __call__(self, reader: int, departments: tuple[int, ...] = ()) -> QuerySet[Any, Any]:
        user = copy(self._like)
        user.pk = reader
        user.know_departments(list(departments))
        return self._narrow(self._view.tickets(user, _NO_MOMENT), reader)
