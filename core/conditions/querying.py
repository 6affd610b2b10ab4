"""The same questions to the database: a tree as a Q over the rows that own its fields."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import reduce
from operator import and_, or_
from typing import Any, Final

from django.db.models import BooleanField, Case, CharField, F, Q, Value, When
from django.db.models.functions import Coalesce, Left, Lower
from django.db.models.lookups import (
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    Range,
)

from core.conditions.fields import FieldSpec, fields
from core.conditions.operators import NEEDS_NOW, day_start, folded, span_of
from core.conditions.tracing import is_understood
from core.conditions.tree import Tree, group_of, is_leaf, leaves

_NOTHING: Final = Q(pk__in=[])
_EVERYTHING: Final = ~_NOTHING

_Ask = Callable[[str, Any], Q]


class NotQueryable(LookupError):
    """The tree asks a field that only facts can answer."""


def query(tree: Tree, *, now: datetime | None = None) -> Q:
    """The rows `matches` would be true for.

    Raises NotQueryable for fields without a query, for words in texts, and when something is asked
    of the present without `now`.
    """
    if not all(map(is_understood, leaves(tree))):
        return _NOTHING
    return _compiled(tree, now) if tree else Q()


def column(path: str) -> _Ask:
    """The `query` of a field that is one column; not for texts, and not for fractions."""

    def asked(op: str, value: Any) -> Q:
        if op == "is_not":
            return ~asked("is", value)
        if op == "is" and isinstance(value, float) and not value.is_integer():
            # Django would cut the fraction off.
            return _NOTHING
        return _COLUMN[op](path, value)

    return asked


def computed(source: Callable[[], Any]) -> _Ask:
    """The `query` of a field the database works out, by the expression `source` makes."""

    def asked(op: str, value: Any) -> Q:
        if op == "is_not":
            return ~asked("is", value)
        return _certain(_COMPUTED[op](source(), value))

    return asked


def text(source: Callable[[], Any]) -> _Ask:
    """The `query` of a short text, whatever its case; its words are not looked for."""

    def asked(op: str, value: Any) -> Q:
        if op == "is_not":
            return ~asked("is", value)
        if op not in _TEXT:
            raise NotQueryable(op)
        known = Coalesce(source(), Value(""), output_field=CharField())
        return _certain(_TEXT[op](known, value))

    return asked


def text_column(path: str) -> _Ask:
    """The same for a text that is one column."""
    return text(lambda: F(path))


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
    spec, op, value = fields[leaf["field"]], leaf["op"], leaf.get("value")
    if not spec.is_queryable or (now is None and (op in NEEDS_NOW or spec.query_at)):
        raise NotQueryable(spec.key)
    if now is not None and op in NEEDS_NOW:
        op, value = "between", span_of(op, leaf["value"], now)
    return _put(spec, op, value, now)


def _put(spec: FieldSpec, op: str, value: Any, now: datetime | None) -> Q:
    if spec.query is not None:
        return spec.query(op, value)
    if spec.query_at is None or now is None:
        raise NotQueryable(spec.key)
    return spec.query_at(op, value, now)


def _certain(condition: Any) -> Q:
    """Yes or no: of an unknown value, "not" would otherwise be unknown, too."""
    told = When(condition, then=Value(True))  # noqa: FBT003 -- Django's signature
    return Q(Case(told, default=Value(False), output_field=BooleanField()))  # noqa: FBT003 -- the same


def _day_after(day: str) -> datetime:
    return day_start(day) + timedelta(days=1)


_COLUMN: Final[dict[str, Callable[[str, Any], Q]]] = {
    "is": lambda path, value: Q(**{path: value}),
    "in": lambda path, value: Q(**{f"{path}__in": value}),
    "is_empty": lambda path, _value: Q(**{f"{path}__isnull": True}),
    "greater": lambda path, value: Q(**{f"{path}__gt": value}),
    "less": lambda path, value: Q(**{f"{path}__lt": value}),
    "before": lambda path, value: Q(**{f"{path}__lt": day_start(value)}),
    "after": lambda path, value: Q(**{f"{path}__gte": _day_after(value)}),
    "between": lambda path, span: Q(**{f"{path}__range": span}),
}
_COMPUTED: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "is": Exact,
    "in": In,
    "is_empty": lambda source, _value: IsNull(source, True),  # noqa: FBT003 -- Django's signature
    "greater": GreaterThan,
    "less": LessThan,
    "before": lambda source, value: LessThan(source, day_start(value)),
    "after": lambda source, value: GreaterThanOrEqual(source, _day_after(value)),
    "between": Range,
}
_TEXT: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "is": lambda source, value: Exact(Lower(source), folded(value)),
    "in": lambda source, value: In(Lower(source), [*map(folded, value)]),
    "starts_with": lambda source, value: Exact(Lower(Left(source, len(value))), folded(value)),
    "is_empty": lambda source, _value: Exact(source, ""),
}
