"""What every page knows: the navigation of this person, and what upper floors tell the shell."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.translation import get_language

from core.registries import NavItem, nav, shell_facts

ROOT = "/admin"


@dataclass(frozen=True)
class NavLink:
    """One link of the shell as the template shows it."""

    key: str
    label: str
    url: str
    icon: str
    current: bool
    is_counted: bool = False

    @property
    def counter_id(self) -> str:
        """The place its number is put into once the page is shown."""
        return f"count-{self.key.replace('.', '-')}"


@dataclass(frozen=True)
class NavGroup:
    """Links of the settings under one heading."""

    title: str
    items: list[NavLink]

    @property
    def is_current(self) -> bool:
        return any(link.current for link in self.items)


class Shell:
    """The frame around a page, worked out only when a template asks.

    `shell.rail`, `.foot`, `.tabs` and `.settings` are links, `.settings_url` leads to the first of
    these; any other name (`shell.company`) is answered by the registry `shell_facts`, or is empty.
    """

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._facts: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in shell_facts:
            raise KeyError(name)
        if name not in self._facts:
            self._facts[name] = shell_facts[name](self._request)
        return self._facts[name]

    @cached_property
    def rail(self) -> tuple[NavLink, ...]:
        return self._links("rail")

    @cached_property
    def foot(self) -> tuple[NavLink, ...]:
        return self._links("foot")

    @cached_property
    def tabs(self) -> tuple[NavLink, ...]:
        return tuple(link for link in (*self.rail, *self.foot) if nav[link.key].is_tab)

    @cached_property
    def settings_url(self) -> str:
        """The first page of the settings this person may see; empty when there is none."""
        return next((_url(item) for _key, item in self._offered if item.place == "settings"), "")

    @cached_property
    def settings(self) -> list[NavGroup]:
        groups: dict[str, list[NavLink]] = {}
        for link in self._links("settings"):
            groups.setdefault(str(nav[link.key].group), []).append(link)
        return [NavGroup(title, links) for title, links in groups.items()]

    @cached_property
    def _offered(self) -> tuple[tuple[str, NavItem], ...]:
        return _offered_to(*self._scope)

    @cached_property
    def _allowed(self) -> frozenset[str] | None:
        """The permissions of this person that open a page of the navigation; None for no staff."""
        user = getattr(self._request, "user", None)
        if user is None or not getattr(user, "is_staff", False):
            return None
        return frozenset(name for name in _permissions(tuple(nav.names())) if user.may(name))

    @cached_property
    def _current(self) -> str:
        """The item whose address is the longest beginning of where we are.

        The root lies before every address, so it is current only on its own page.
        """
        path = self._request.path
        matching = [
            (len(start), key)
            for key, item in self._offered
            for start in (_url(item), *item.also)
            if path == start or (start != ROOT and path.startswith(f"{start}/"))
        ]
        return max(matching, default=(0, ""))[1]

    def _links(self, place: str) -> tuple[NavLink, ...]:
        return _drawn(*self._scope, place, self._current, get_language())

    @cached_property
    def _scope(self) -> tuple[frozenset[str] | None, str | None, tuple[str, ...]]:
        """What decides on the links besides the place we are at."""
        return self._allowed, get_urlconf(), tuple(nav.names())


def shell(request: HttpRequest) -> dict[str, Any]:
    """Template context: the shell."""
    return {"shell": Shell(request)}


# The navigation is the same for all who may see as much, so it is worked out once; `names` are
# those registered by then.
@lru_cache(maxsize=8)
def _permissions(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(nav[name].permission for name in names if nav[name].permission)


@lru_cache(maxsize=64)
def _offered_to(
    allowed: frozenset[str] | None, urlconf: str | None, names: tuple[str, ...]
) -> tuple[tuple[str, NavItem], ...]:
    if allowed is None:
        return ()
    items = ((name, nav[name]) for name in names)
    offered = [
        (name, item)
        for name, item in items
        if (not item.permission or item.permission in allowed) and _address(item.url_name, urlconf)
    ]
    return tuple(sorted(offered, key=lambda pair: pair[1].order))


@lru_cache(maxsize=512)
def _drawn(
    allowed: frozenset[str] | None,
    urlconf: str | None,
    names: tuple[str, ...],
    place: str,
    current: str,
    _language: str | None,
) -> tuple[NavLink, ...]:
    return tuple(
        NavLink(
            key=key,
            label=str(item.label),
            url=_address(item.url_name, urlconf),
            icon=item.icon,
            current=key == current,
            is_counted=item.counter is not None,
        )
        for key, item in _offered_to(allowed, urlconf, names)
        if item.place == place
    )


def _url(item: NavItem) -> str:
    """Where the item leads; empty for a page that this installation does not have."""
    return _address(item.url_name, get_urlconf())


@lru_cache(maxsize=256)
def _address(url_name: str, _urlconf: str | None) -> str:
    """Asked some forty times a page, and the same as long as the process lives."""
    try:
        return reverse(url_name)
    except NoReverseMatch:
        return ""
