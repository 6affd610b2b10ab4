"""Named registries: questions a low floor asks and upper floors answer (ARCHITECTURE 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Literal, Protocol, TypeVar

from django.db.models import Model
from django.http import HttpRequest

T = TypeVar("T")


class Registry(Generic[T]):
    """An ordered collection filled in `AppConfig.ready()`; a key may be given once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._entries: dict[str, T] = {}

    def register(self, key: str, entry: T) -> T:
        """Add `entry` under `key`. Raises ValueError when the key holds another entry."""
        if self._entries.setdefault(key, entry) is not entry:
            raise ValueError(f"{self.name} already has {key}")
        return entry

    def __getitem__(self, key: str) -> T:
        return self._entries[key]

    def __contains__(self, key: str) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[tuple[str, T]]:
        return iter(self._entries.items())

    def get(self, key: str) -> T | None:
        """The entry under `key`, or None."""
        try:
            return self[key]
        except KeyError:
            return None

    def names(self) -> list[str]:
        """The keys given in code, in the order of registration."""
        return list(self._entries)

    def entries(self) -> list[T]:
        """All entries in the order of registration, which is the order of floors."""
        return list(self._entries.values())


@dataclass(frozen=True)
class NavItem:
    """One link of the staff's shell; shown to those who hold `permission` (empty: all staff).

    `group` is the heading above it among the settings; `is_tab` puts it on narrow screens too;
    `also` are the beginnings of other addresses whose pages belong to it. `counter` says how much
    waits there for a user; it is asked after the page is shown (`desk.rail`).
    """

    label: Any
    url_name: str
    icon: str
    permission: str = ""
    order: int = 100
    place: Literal["rail", "foot", "settings"] = "rail"
    counter: Callable[[Any], int | None] | None = None
    group: Any = ""
    is_tab: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class ThemeColour:
    """A colour of the database for one CSS selector of the theme file."""

    selector: str
    hex: str


@dataclass(frozen=True)
class Finding:
    """One broken invariant found by `manage.py verify`."""

    message: str
    repaired: bool = False


@dataclass(frozen=True)
class HealthLine:
    """One line of the system page: what is measured, its words, and whether it is well."""

    name: str
    text: str
    is_well: bool
    value: float | None = None


@dataclass(frozen=True)
class Usage:
    """Counts the rows that use rows of `model` ("app.model"), and says it in words.

    `counts` gets primary keys and answers those that are used; `words` gets the number.
    """

    model: str
    counts: Callable[[list[Any]], dict[Any, int]]
    words: Callable[[int], str]


@dataclass(frozen=True)
class Impact:
    """Tells what a change to a row of `model` ("app.model") would do; empty when nothing.

    `preview` gets the row as it would be and {field: (before, after)}.
    """

    model: str
    preview: Callable[[Model, dict[str, tuple[Any, Any]]], str]


@dataclass(frozen=True)
class ArticleLink:
    """Something to read that may be named in an answer: title, address, first words."""

    title: str
    url: str
    excerpt: str = ""


# Asked with a user, words and a language; answers what this user may pass on, the best first.
ArticleSource = Callable[[Any, str, str], list[ArticleLink]]


class VerifyCheck(Protocol):
    """Looks for broken invariants; mends them when asked to."""

    def __call__(self, *, repair: bool) -> list[Finding]: ...


nav: Registry[NavItem] = Registry("nav")
shell_facts: Registry[Callable[[HttpRequest], Any]] = Registry("shell_facts")
theme_colours: Registry[Callable[[], list[ThemeColour]]] = Registry("theme_colours")
verify_checks: Registry[VerifyCheck] = Registry("verify_checks")
health_checks: Registry[Callable[[], HealthLine]] = Registry("health_checks")
sweeps: Registry[Callable[[datetime], int]] = Registry("sweeps")
referenced_digests: Registry[Callable[[], Iterator[str]]] = Registry("referenced_digests")
usage_counts: Registry[Usage] = Registry("usage_counts")
impact_previews: Registry[Impact] = Registry("impact_previews")
audit_labels: Registry[Any] = Registry("audit_labels")
article_sources: Registry[ArticleSource] = Registry("article_sources")


def all_registries() -> list[Registry[Any]]:
    """Every registry, for `manage.py wiring`."""
    return [
        nav,
        shell_facts,
        theme_colours,
        verify_checks,
        health_checks,
        sweeps,
        referenced_digests,
        usage_counts,
        impact_previews,
        audit_labels,
        article_sources,
    ]
