"""What agents may tell the product in the first line of a mail: `#assign name` (R33)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, TypeVar

_ASSIGN = re.compile(r"\s*#assign[ \t]+(?P<name>\S[^\r\n]{0,119}?)[ \t]*(?:\r?\n|$)", re.IGNORECASE)


class Person(Protocol):
    """Who may be named."""

    email: str

    @property
    def display_name(self) -> str: ...


P = TypeVar("P", bound=Person)


@dataclass(frozen=True)
class AssignCommand:
    """The name or address as it was written, and the text without the line."""

    name: str
    rest: str


def read_command(text: str) -> AssignCommand | None:
    """The command in the first line that says anything; None when there is none."""
    found = _ASSIGN.match(text)
    if found is None:
        return None
    return AssignCommand(found["name"], text[found.end() :].lstrip("\r\n"))


def named(people: Iterable[P], name: str) -> list[P]:
    """Everybody it may mean: by address, else by the whole name, else by one of its words."""
    wanted, rows = " ".join(name.casefold().split()), list(people)
    ways = (
        [row for row in rows if row.email.casefold() == wanted.strip("<>")],
        [row for row in rows if " ".join(row.display_name.casefold().split()) == wanted],
        [row for row in rows if wanted in row.display_name.casefold().split()],
    )
    return next((found for found in ways if found), [])
