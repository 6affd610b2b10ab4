"""Keyboard commands: one registry feeds the scripts, the help dialog and their test."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.urls import NoReverseMatch, reverse

from core.registries import Registry

# What hot-keys.js can do: open a page, click, focus, show a dialog, write, act on a row, move on.
Do = Literal["go", "click", "reach", "dialog", "write", "row", "move"]
EVERYWHERE = "everywhere"


@dataclass(frozen=True)
class Command:
    """What keys do on the pages of `scope` (a page's `data-scope`, or everywhere).

    `to` is a url name for go, a selector for click, reach and row, an element's id for dialog,
    a kind for write, a step for move.
    """

    title: Any
    keys: tuple[str, ...]
    do: Do
    to: str
    scope: str = EVERYWHERE
    group: Any = ""
    permission: str = ""


@dataclass(frozen=True)
class KeyLine:
    """One line of the help dialog."""

    title: str
    shown_keys: list[str]


@dataclass(frozen=True)
class KeyGroup:
    """One section of the help dialog."""

    title: str
    lines: list[KeyLine]


registry: Registry[Command] = Registry("commands")


def for_scripts(user: Any) -> list[dict[str, Any]]:
    """The commands of this person as hot-keys.js reads them; pages not built yet are left out."""
    rows = ((key, command, _target(command)) for key, command in registry if _may(user, command))
    return [
        {"id": key, "keys": list(command.keys), "scope": command.scope, "do": command.do, "to": to}
        for key, command, to in rows
        if to
    ]


def for_help(user: Any) -> list[KeyGroup]:
    """The same commands as the help dialog shows them, by group."""
    groups: dict[str, list[KeyLine]] = {}
    for _key, command in registry:
        if _may(user, command) and _target(command):
            line = KeyLine(str(command.title), _shown(command.keys))
            groups.setdefault(str(command.group), []).append(line)
    return [KeyGroup(title, lines) for title, lines in groups.items()]


def _may(user: Any, command: Command) -> bool:
    return not command.permission or user.may(command.permission)


def _target(command: Command) -> str | int:
    if command.do == "move":
        return int(command.to)
    if command.do != "go":
        return command.to
    try:
        return reverse(command.to)
    except NoReverseMatch:
        return ""


def _shown(keys: Iterable[str]) -> list[str]:
    """mod+k is Ctrl K, g q is g q: the first way is enough to learn."""
    first = next(iter(keys))
    return [_NAMES.get(part, part) for press in first.split() for part in press.split("+")]


_NAMES = {"mod": "Ctrl", "shift": "Shift", "Enter": "Enter"}
