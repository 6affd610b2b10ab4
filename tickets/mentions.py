"""Who a note names by `@Name`: words on the page, people on the server."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# A mail address is no mention: before the sign stands no letter.
_SIGN = re.compile(r"(?<![\w.@])@(?=\w)")


@dataclass(frozen=True)
class Nameable:
    """Somebody who may be named; `sees` says whether the ticket is theirs to read."""

    pk: int
    name: str
    sees: bool


def mentioned_in(text: str, people: Iterable[Nameable]) -> list[Nameable]:
    """Those whose whole name, or first name when it is theirs alone, follows an `@`.

    The longest name wins, so that "@Ada King" is never taken for Ada.
    """
    names = _names(list(people))
    found: dict[int, Nameable] = {}
    for sign in _SIGN.finditer(text):
        rest = text[sign.end() : sign.end() + 200].casefold()
        hit = next((name for name in names if _begins(rest, name)), None)
        if hit is not None:
            found[names[hit].pk] = names[hit]
    return list(found.values())


def _names(people: list[Nameable]) -> dict[str, Nameable]:
    """What can be called, longest first."""
    whole = {row.name.casefold(): row for row in people if row.name}
    by_first: dict[str, list[Nameable]] = {}
    for row in people:
        by_first.setdefault(row.name.casefold().split(" ")[0], []).append(row)
    firsts = {name: rows[0] for name, rows in by_first.items() if name and len(rows) == 1}
    names = {**firsts, **whole}
    return {name: names[name] for name in sorted(names, key=len, reverse=True)}


def _begins(rest: str, name: str) -> bool:
    return rest.startswith(name) and not rest[len(name) : len(name) + 1].isalnum()
