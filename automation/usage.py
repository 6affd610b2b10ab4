"""Which rules name a department, a priority, a person: in conditions or in what they do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from django.utils.translation import ngettext

from automation.models import Rule
from core.conditions.fields import values_of
from core.conditions.tree import leaves

Counts = Callable[[list[Any]], dict[Any, int]]

# Per model: the condition fields, and the arguments of effects and triggers, that hold its keys.
NAMED_IN: Final[Mapping[str, tuple[frozenset[str], frozenset[str]]]] = {
    "accounts.department": (
        frozenset({"department", "previous_department"}),
        frozenset({"department"}),
    ),
    "accounts.user": (
        frozenset({"assignee", "previous_assignee", "dedicated_agent"}),
        frozenset({"agent", "people", "owner"}),
    ),
    "accounts.skill": (frozenset(), frozenset({"skills"})),
    "tickets.priority": (frozenset({"priority", "previous_priority"}), frozenset({"priority"})),
    "tickets.status": (
        frozenset({"status", "previous_status"}),
        frozenset({"status", "statuses"}),
    ),
    "tickets.service": (frozenset({"service", "previous_service"}), frozenset({"service"})),
    "tickets.tasktemplate": (frozenset(), frozenset({"template"})),
    "customers.tier": (frozenset({"tier"}), frozenset()),
    "sla.slapolicy": (frozenset(), frozenset({"policy"})),
}
# Recipients and receivers name rows as "department:5".
_PREFIXES: Final = {"accounts.department": "department:", "accounts.user": "user:"}


def counts_of(model: str) -> Counts:
    """For the registry: how many rules in use name each of the rows."""
    fields, arguments = NAMED_IN[model]
    prefix = _PREFIXES.get(model, "")

    def counts(pks: list[Any]) -> dict[Any, int]:
        users: dict[Any, set[int]] = defaultdict(set)
        for rule in Rule.objects.active():
            for key in _named(rule, fields, arguments, prefix=prefix):
                users[key].add(rule.pk)
        return {pk: len(users[pk]) for pk in pks if pk in users}

    return counts


def of_calendars(pks: list[Any]) -> dict[Any, int]:
    """Rules whose times are counted in the calendar."""
    users: dict[Any, int] = defaultdict(int)
    for key in Rule.objects.active().filter(calendar__in=pks).values_list("calendar", flat=True):
        users[key] += 1
    return dict(users)


def rule_words(count: int) -> str:
    return ngettext("%(n)s rule", "%(n)s rules", count) % {"n": count}


def _named(
    rule: Rule, fields: Collection[str], arguments: Collection[str], *, prefix: str
) -> Iterator[Any]:
    for leaf in leaves(rule.conditions):
        if leaf["field"] in fields:
            yield from values_of(leaf)
    told = [*rule.effects, rule.trigger_args]
    for mapping in told:
        for name, value in mapping.items():
            values = value if isinstance(value, list) else [value]
            if name in arguments:
                yield from (int(one) if str(one).isdecimal() else one for one in values)
            if prefix and name == "to":
                yield from _after(prefix, values)


def _after(prefix: str, values: list[Any]) -> Iterator[int]:
    for value in values:
        key = str(value).removeprefix(prefix)
        if str(value).startswith(prefix) and key.isdecimal():
            yield int(key)
