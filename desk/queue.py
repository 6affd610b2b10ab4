"""The queue: its views by their slugs, and its counters."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.http import QueryDict

from accounts.models import User
from accounts.models.role import Permission
from core.ui import COUNTER_LIMIT
from desk.links import carried
from desk.orders import ATTENTION, MORNING, NEWEST, SNOOZED
from desk.saved import checked_views, saved_view
from desk.shipped import DEFAULT_VIEW, VIEWS, View
from desk.shown_tabs import hidden_views
from desk.written import counting
from tickets.models.ticket import TicketQuerySet

__all__ = [
    "ATTENTION",
    "COUNTED_VIEWS",
    "DEFAULT_VIEW",
    "MORNING",
    "NEWEST",
    "SNOOZED",
    "VIEWS",
    "View",
    "counters",
    "opened_since",
    "view_asked",
    "view_of",
]
COUNTED_FOR_SECONDS = 4
# So many saved views get a number; those over solved tickets never do (performance.md 4d).
COUNTED_VIEWS = 8
_BY_SLUG = {view.slug: view for view in VIEWS}


def view_of(slug: str, user: User | None = None) -> View:
    """The view of a slug, saved ones too; the attention queue for any other word.

    Filters that the slug carries narrow it.
    """
    name, given = carried(slug)
    view = _BY_SLUG.get(name) or (saved_view(name, user) if user else None) or DEFAULT_VIEW
    return view.narrowed(QueryDict(given)) if given else view


def view_asked(query: Mapping[str, Any], user: User) -> View:
    """The view that a query string of the queue asks for, with its filters and its order."""
    view = view_of(query.get("view", ""), user)
    return view if view.slug != view.name else view.narrowed(query)


def counters(user: User, now: datetime, *, also: Collection[str] = ()) -> dict[str, int]:
    """How many tickets each view has, up to COUNTER_LIMIT + 1; a few seconds old at most.

    Shipped views that the user hides are not counted, except the first one, whose number stands
    in the rail, and those named in `also`.
    """
    hidden = hidden_views(user) - {DEFAULT_VIEW.slug, *also}
    key = f"desk:counters:{user.pk}:{_visibility(user)}:{'.'.join(sorted(hidden))}"
    known: dict[str, int] | None = cache.get(key)
    if known is None:
        known = _counted(_countable(user, hidden), user, now)
        cache.set(key, known, COUNTED_FOR_SECONDS)
    return known


def opened_since(tickets: TicketQuerySet, moment: datetime | None) -> int:
    """How many of `tickets` were opened after the list was shown, up to COUNTER_LIMIT + 1."""
    if moment is None:
        return 0
    newer = tickets.filter(created_at__gt=moment).order_by()
    return len(newer.values_list("pk", flat=True)[: COUNTER_LIMIT + 1])


def _visibility(user: User) -> str:
    if user.may(Permission.TICKETS_ALL):
        return "all"
    return "-".join(str(pk) for pk in sorted(user.department_ids()))


def _countable(user: User, hidden: Collection[str]) -> list[View]:
    saved = [view for view in checked_views(user) if view.is_counted]
    return [*(view for view in VIEWS if view.slug not in hidden), *saved[:COUNTED_VIEWS]]


def _counted(views: list[View], user: User, now: datetime) -> dict[str, int]:
    """One statement; each count stops at the limit (performance.md 4d)."""
    parts: list[str] = []
    parameters: list[Any] = []
    for view in views:
        question = counting(view, user, now)
        if question is None:
            parts.append("0")
            continue
        sql, values = question
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")  # noqa: S608 -- Django wrote `sql`
        parameters.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        return dict(zip((view.slug for view in views), cursor.fetchone(), strict=True))
