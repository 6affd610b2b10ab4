"""What a saved view means: its conditions as a query, and what became of what they name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.conditions import NotQueryable, Tree, fields, query
from core.conditions.fields import values_of
from core.conditions.tracing import is_understood
from core.conditions.tree import leaves
from tickets.models import SavedView
from tickets.models.ticket import TicketQuerySet


def condition_fields() -> tuple[str, ...]:
    """What the conditions of a view may ask: what the database can answer."""
    return tuple(key for key, spec in fields if spec.is_queryable)


def narrow(tickets: TicketQuerySet, conditions: Tree, *, now: datetime) -> TicketQuerySet:
    """`tickets` that fit; none when a condition can't be asked of the database any more.

    No more tickets than those given are ever found, whatever the conditions say.
    """
    try:
        return tickets.filter(query(conditions, now=now))
    except NotQueryable:
        return tickets.none()


def refuse_unaskable(conditions: Tree, *, now: datetime) -> None:
    """Raise ValidationError that names each condition no list of tickets can be narrowed by."""
    wrong = [leaf for leaf in leaves(conditions) if not _is_askable(leaf, now)]
    if wrong:
        raise ValidationError(
            [
                _("“%(field)s” can't be searched for in this way. Choose another condition.")
                % {"field": fields[leaf["field"]].label}
                for leaf in wrong
            ],
            "unaskable",
        )


def faults_of(views: Iterable[SavedView]) -> dict[int, list[str]]:
    """For each view that names what is gone, why it can't be judged.

    One question for each field at most, however many views ask it.
    """
    asked = [(view.pk, leaf) for view in views for leaf in leaves(view.conditions)]
    known = _known_values(leaf for _pk, leaf in asked if is_understood(leaf))
    found: dict[int, list[str]] = defaultdict(list)
    for pk, leaf in asked:
        if words := _fault(leaf, known):
            found[pk].append(words)
    return dict(found)


def _is_askable(leaf: Tree, now: datetime) -> bool:
    try:
        query(leaf, now=now)
    except NotQueryable:
        return False
    return True


def _known_values(asked: Iterable[Tree]) -> dict[str, set[Any]]:
    """The values that exist, by field: of what is remembered first, else of the database."""
    wanted: dict[str, set[Any]] = defaultdict(set)
    for leaf in asked:
        if fields[leaf["field"]].kind == "choice":
            wanted[leaf["field"]].update(values_of(leaf))
    return {key: set(fields[key].named(values)) for key, values in wanted.items()}


def _fault(leaf: Tree, known: dict[str, set[Any]]) -> str:
    if not is_understood(leaf):
        return _("The field “%(field)s” is not known any more.") % {"field": leaf["field"]}
    spec = fields[leaf["field"]]
    if not spec.is_queryable:
        return _("“%(field)s” can't be searched for any more.") % {"field": spec.label}
    if spec.kind == "choice" and not known[spec.key].issuperset(values_of(leaf)):
        return _("%(field)s names something that was deleted.") % {"field": spec.label}
    return ""
