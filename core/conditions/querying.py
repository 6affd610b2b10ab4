"""The same questions to the database: a tree as a Q over the rows that own its fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any, Final

from django.db.models import Q

from core.conditions.fields import fields
from core.conditions.operators import day_start
from core.conditions.tracing import is_understood
from core.conditions.tree import Tree, group_of, is_leaf, leaves

_NOTHING: Final = Q(pk__in=[])
_EVERYTHING: Final = ~_NOTHING


class NotQueryable(LookupError):
    """The tree asks a field that only facts can answer."""


def query(tree: Tree, *, now: datetime | None = None) -> Q:
    """The rows `matches` would be true for.

    Raises NotQueryable for fields without a query, and when "within the last days" is asked
    without `now`.
    """
    if not all(map(is_understood, leaves(tree))):
        return _NOTHING
    return _compiled(tree, now) if tree else Q()


def column(path: str) -> Callable[[str, Any], Q]:
    """The `query` of a field that is one column, such as `colour`; not for texts."""

    def asked(op: str, value: Any) -> Q:
        return _COLUMN[op](path, value)

    return asked


def _compiled(tree: Tree, now: datetime | None) -> Q:
    if is_leaf(tree):
        return _asked(tree, now)
    group = group_of(tree)
    if group is None:
        return _EVERYTHING
    kind, members = group[0], [_compiled(member, now) for member in group[1]]
    if kind == "all":
        return reduce(and_, members, _EVERYTHING)
    found = reduce(or_, members, _NOTHING)
    return ~found if kind == "none" else found


def _asked(leaf: Tree, now: datetime | None) -> Q:
    key, op, value = leaf["field"], leaf["op"], leaf.get("value")
    ask = fields[key].query
    if ask is None:
        raise NotQueryable(key)
    if op != "within_last" or value is None:
        return ask(op, value)
    if now is None:
        raise NotQueryable(key)
    return ask(op, (now - timedelta(days=value), now))


def _column_is(path: str, value: Any) -> Q:
    return Q(**{path: value})


_COLUMN: Final[dict[str, Callable[[str, Any], Q]]] = {
    "is": _column_is,
    "is_not": lambda path, value: ~_column_is(path, value),
    "in": lambda path, value: Q(**{f"{path}__in": value}),
    "is_empty": lambda path, _value: Q(**{f"{path}__isnull": True}),
    "greater": lambda path, value: Q(**{f"{path}__gt": value}),
    "less": lambda path, value: Q(**{f"{path}__lt": value}),
    "before": lambda path, value: Q(**{f"{path}__lt": day_start(value)}),
    "after": lambda path, value: Q(**{f"{path}__gte": day_start(value) + timedelta(days=1)}),
    "within_last": lambda path, span: Q(**{f"{path}__range": span}),
}
