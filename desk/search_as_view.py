"""A search kept as a saved view: its operators as conditions, and what they can't say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from core.conditions import Tree
from core.text import clean_line
from customers.conditions import CustomerByAddress
from desk.columns import DEFAULT
from desk.saved_view_forms import OWN, Begun, words_are_lost
from desk.shipped import EVERYTHING
from tickets import vocabulary
from tickets.models import Tag
from tickets.models.vocabulary import RESOLVED_KINDS, Kind
from tickets.searching.language import Search, Term, parse
from tickets.searching.operators import (
    channel_values,
    day_of,
    is_values,
    names_of,
    operator_names,
    people_values,
)

SPAM: Final = "spam"
MAX_NAMED: Final = 20
_DAYS: Final = re.compile(r"([1-9][0-9]{0,3})d")
_OPPOSITES: Final = {"is": "is_not", "contains_any": "contains_none"}
_OPEN: Final = [kind.value for kind in Kind if kind not in RESOLVED_KINDS]
_SOLVED: Final = [kind.value for kind in RESOLVED_KINDS]


@dataclass(frozen=True)
class Asker:
    """Who keeps the search, and when."""

    user: User
    now: datetime


@dataclass(frozen=True)
class Kept:
    """What a term became: conditions that all hold, what the view begins with, what to say."""

    leaves: tuple[Tree, ...] = ()
    base: str = ""
    words: str = ""


def begun_with_search(text: str, user: User, *, now: datetime) -> Begun:
    """What was searched as the beginning of a view; the rest is named, term by term."""
    search = parse(text, operator_names())
    found = [(term, _kept(term, Asker(user, now))) for term in search.terms]
    kept = [one for _term, one in found if one is not None]
    base = next((one.base for one in kept if one.base), EVERYTHING.slug)
    leaves = [leaf for one in kept for leaf in one.leaves]
    initial = {
        "name": clean_line(search.text, 60),
        "base": base,
        "conditions": {"all": leaves} if leaves else {},
        "sort": "-updated" if base == SPAM else "-created",
        "columns": list(DEFAULT),
        "scope": OWN,
    }
    told = [one.words for one in kept if one.words]
    return Begun(initial, [*told, *_lost(search, [term for term, one in found if one is None])])


def can_be_kept(search: Search) -> bool:
    """Whether a view could hold a part of it, as far as the names of its operators tell."""
    return any(term.name in _TERMS for term in search.terms)


def _kept(term: Term, asker: Asker) -> Kept | None:
    """None for a term that no condition says."""
    read = _TERMS.get(term.name)
    kept = read(term.value, asker) if read else None
    if kept is None or not term.is_negated:
        return kept
    if kept.base or len(kept.leaves) != 1:
        return None
    return replace(kept, leaves=(_denied(kept.leaves[0]),))


def _denied(leaf: Tree) -> Tree:
    if leaf.get("op") in _OPPOSITES:
        return {**leaf, "op": _OPPOSITES[leaf["op"]]}
    return {"none": [leaf]}


def _lost(search: Search, terms: Iterable[Term]) -> list[str]:
    said = [
        _("“%(term)s” can't be part of a view.") % {"term": f"{_typed_name(term)}{term.value}"}
        for term in terms
    ]
    return [*said, words_are_lost()] if search.words else said


def _typed_name(term: Term) -> str:
    sign = "-" if term.is_negated else ""
    return f"{sign}#" if term.name == "number" else f"{sign}{term.name}:"


def _is(field: str, value: object) -> Kept:
    return Kept(({"field": field, "op": "is", "value": value},))


def _one_of(field: str, values: list[str]) -> Tree:
    return {"field": field, "op": "in", "value": values}


def _row_of(field: str, rows: Callable[[], Iterable[Model]]) -> Callable[[str, Asker], Kept | None]:
    """A row of the vocabulary by its slug or its name."""

    def read(value: str, _asker: Asker) -> Kept | None:
        known = names_of((getattr(row, "slug", ""), str(row), row.pk) for row in rows())
        pk = known.get(value.casefold())
        return _is(field, pk) if pk else None

    return read


def _channel(value: str, _asker: Asker) -> Kept | None:
    found = channel_values().get(value.casefold())
    return _is("channel", found) if found else None


def _tag(value: str, _asker: Asker) -> Kept | None:
    name = Tag.objects.filter(name__iexact=value).values_list("name", flat=True).first()
    return Kept(({"field": "tags", "op": "contains_any", "value": [name]},)) if name else None


def _assignee(value: str, asker: Asker) -> Kept | None:
    word = people_values().get(value.casefold())
    if word == "me":
        return _is("assignee", asker.user.pk)
    if word:
        return Kept(({"field": "assignee", "op": "is_empty"},))
    named = User.objects.staff().filter(Q(name__icontains=value) | Q(email__iexact=value))
    pks = list(named.values_list("pk", flat=True)[:MAX_NAMED])
    if len(pks) == 1:
        return _is("assignee", pks[0])
    return Kept(({"field": "assignee", "op": "in", "value": pks},)) if pks else None


def _from(value: str, _asker: Asker) -> Kept | None:
    """An address says who; a part of a name may mean somebody else tomorrow."""
    pk = CustomerByAddress().find(value) if "@" in value else None
    return _is("customer", pk) if pk else None


def _is_word(value: str, asker: Asker) -> Kept | None:
    """`is:closed` leaves out what is spam, as all views do that do not begin with it."""
    word = is_values().get(value.casefold(), "")
    is_open, unassigned = _one_of("status_kind", _OPEN), {"field": "assignee", "op": "is_empty"}
    raised: Tree = {
        "any": [
            {"field": "escalation_level", "op": "greater", "value": 0},
            {"field": "status_kind", "op": "is", "value": Kind.ESCALATED.value},
        ]
    }
    return {
        "open": Kept((is_open,)),
        "closed": Kept((_one_of("status_kind", _SOLVED),)),
        "spam": Kept(base=SPAM),
        "mine": _is("assignee", asker.user.pk),
        "unassigned": Kept((unassigned, is_open)),
        "escalated": Kept((is_open, raised)),
    }.get(word)


def _day(op: str) -> Callable[[str, Asker], Kept | None]:
    """So many days ago stays so many days ago; any other day is that day for ever."""

    def read(value: str, asker: Asker) -> Kept | None:
        if ago := _DAYS.fullmatch(value.casefold()):
            return Kept((_rolling(op, int(ago[1])),))
        day = day_of(value, timezone.localtime(asker.now).date())
        if day is None:
            return None
        leaf = {"field": "created_at", "op": op, "value": day.isoformat()}
        return Kept((leaf,), words=_said_day(value, day))

    return read


def _rolling(op: str, days: int) -> Tree:
    if op == "after":
        return {"field": "created_at", "op": "within_last", "value": days}
    return {"field": "created_at", "op": "longer_ago", "value": days * 24}


def _said_day(value: str, day: date) -> str:
    if value == day.isoformat():
        return ""
    words = {"word": value, "day": date_format(day)}
    return _("“%(word)s” is kept as the day it is now: %(day)s.") % words


_TERMS: Final[dict[str, Callable[[str, Asker], Kept | None]]] = {
    "status": _row_of("status", vocabulary.statuses),
    "priority": _row_of("priority", vocabulary.priorities),
    "department": _row_of("department", vocabulary.departments),
    "service": _row_of("service", vocabulary.services),
    "channel": _channel,
    "tag": _tag,
    "assignee": _assignee,
    "from": _from,
    "is": _is_word,
    "before": _day("before"),
    "after": _day("after"),
}
