"""Keyboard commands: one registry feeds the scripts, the help dialog and their test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from core.registries import Registry

# What hot-keys.js can do: open a page, click, focus, show a dialog, write, send, pick a text,
# act on a row, select rows, move on.
Do = Literal["go", "click", "reach", "dialog", "write", "send", "pick", "row", "select", "move"]
EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Command:
    """What keys do on the pages of `scope` (a page's `data-scope`, or everywhere).

    `to` is a url name for go, a selector for click, reach and row, an element's id for dialog,
    a kind for write, a way for send, row, range or page for select, a step for move. On its pages a
    command goes before one of everywhere with the same keys.
    """

    title: Any
    keys: tuple[str, ...]
    do: Do
    to: str
    scope: str = EVERYWHERE
    group: Any = ""
    permission: str = ""


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A command as one person may use it; `to` is an address, a selector or a word."""

    id: str
    title: str
    group: str
    scope: str
    do: Do
    to: str | int
    keys: tuple[str, ...]
    shown_keys: tuple[str, ...]


@dataclass(frozen=True)
class KeyGroup:
    """One section of the help dialog."""

    title: str
    lines: list[Offer]


registry: Registry[Command] = Registry("commands")


def offered(user: Any) -> tuple[Offer, ...]:
    """The commands of this person; pages not built yet are left out."""
    return offered_to(rights_of(user), get_language() or "")


def rights_of(user: Any) -> frozenset[str]:
    """Those permissions of `user` that decide about commands."""
    asked = {command.permission for _key, command in registry if command.permission}
    return frozenset(name for name in asked if user.may(name))


@lru_cache(maxsize=64)
def offered_to(rights: frozenset[str], _language: str) -> tuple[Offer, ...]:
    """The same for everybody with these rights, in the words of the active language."""
    rows = ((key, command, _target(command)) for key, command in registry)
    return tuple(
        _offer(key, command, to)
        for key, command, to in rows
        if to and (not command.permission or command.permission in rights)
    )


def for_scripts(offers: Iterable[Offer]) -> list[dict[str, Any]]:
    """Commands as hot-keys.js reads them; a page's own stand before those of everywhere."""
    keyed = [row for row in offers if row.keys]
    keyed.sort(key=lambda row: row.scope == EVERYWHERE)
    return [
        {"id": row.id, "keys": list(row.keys), "scope": row.scope, "do": row.do, "to": row.to}
        for row in keyed
    ]


def for_help(offers: Iterable[Offer]) -> list[KeyGroup]:
    """Commands as the help dialog shows them, by group."""
    groups: dict[str, list[Offer]] = {}
    for row in offers:
        if row.keys:
            groups.setdefault(row.group, []).append(row)
    return [KeyGroup(title, lines) for title, lines in groups.items()]


def _offer(key: str, command: Command, to: str | int) -> Offer:
    return Offer(
        id=key,
        title=str(command.title),
        group=str(command.group),
        scope=command.scope,
        do=command.do,
        to=to,
        keys=command.keys,
        shown_keys=_shown(command.keys),
    )


def _target(command: Command) -> str | int:
    if command.do == "move":
        return int(command.to)
    if command.do != "go":
        return command.to
    try:
        return reverse(command.to)
    except NoReverseMatch:
        return ""


def _shown(keys: tuple[str, ...]) -> tuple[str, ...]:
    """mod+k is Ctrl K, g q is g q: the first way is enough to learn."""
    parts = [part for press in (*keys, "")[0].split() for part in press.split("+")]
    return tuple(_NAMES.get(part, part) for part in parts)


_NAMES = {"mod": "Ctrl", "shift": "Shift", "Enter": "Enter"}
