"""Saved views as views of the queue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.role import Permission
from core.compiled import Compiled
from core.text import is_key
from desk.columns import DEFAULT
from desk.orders import order_of
from desk.shipped import BASES, EVERYTHING, Scope, View
from tickets.models import SavedView
from tickets.models.saved_view import SAVED, SavedViewQuerySet
from tickets.models.ticket import TicketQuerySet
from tickets.saved_views import faults_of, narrow

_BY_SLUG = {view.slug: view for view in BASES}
_MAX_SHOWN = 60


def base_of(saved: SavedView) -> View:
    """The shipped view a saved one begins with; all tickets when that is shipped no more."""
    return _BY_SLUG.get(saved.base, EVERYTHING)


def saved_view(slug: str, user: User) -> View | None:
    """The view of a slug such as own-7, if `user` may see it."""
    key = slug.removeprefix(SAVED)
    if key == slug or not is_key(key):
        return None
    found = SavedView.objects.in_use().visible_to(user).filter(pk=int(key))
    return next(iter(as_views(found)), None)


def saved_views(user: User) -> list[View]:
    """Those `user` may see, in their order, without asking whether what they name still exists."""
    return [_view(row, []) for row in _rows(user)]


def checked_views(user: User) -> list[View]:
    """The same, and those whose conditions name what is gone hold nothing and say so."""
    return as_views(_rows(user))


def as_views(rows: Iterable[SavedView]) -> list[View]:
    """Views as their rows tell them."""
    found = list(rows)
    faults = faults_of(found)
    return [_view(row, faults.get(row.pk, [])) for row in found]


def _rows(user: User) -> list[SavedView]:
    if user.may(Permission.TICKETS_ALL):
        return _of_all_departments(owner=user.pk)
    return _of_departments(owner=user.pk, departments=user.department_ids())


def _shown(owner: int, departments: Sequence[int] | None = None) -> SavedViewQuerySet:
    """Own ones first."""
    own_first = F("owner").asc(nulls_last=True)
    found = SavedView.objects.in_use().visible_in(departments, owner=owner)
    return found.order_by(own_first, "position", "pk")[:_MAX_SHOWN]


_of_departments: Final = Compiled(_shown)
_of_all_departments: Final = Compiled(_shown)


def _view(saved: SavedView, faults: list[str]) -> View:
    base = base_of(saved)
    order = base.order
    if saved.order in base.sorts:
        order = order_of(saved.order, is_descending=saved.is_descending)
    return View(
        slug=saved.slug,
        title=saved.name,
        scope=_scope(saved, base, faults),
        empty=_("No ticket fits this view."),
        order=order,
        sorts=base.sorts,
        columns=tuple(saved.columns) or DEFAULT,
        is_counted=base.is_counted,
        fault=" ".join(dict.fromkeys(faults)),
    )


def _scope(saved: SavedView, base: View, faults: list[str]) -> Scope:
    """The base narrowed; nothing at all where a condition can't be judged: never too much."""

    def scope(tickets: TicketQuerySet, user: User, now: datetime) -> TicketQuerySet:
        if faults:
            return tickets.none()
        return narrow(base.scope(tickets, user, now), saved.conditions, now=now)

    return scope
