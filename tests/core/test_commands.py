"""Keyboard commands: what scripts and the help dialog are told."""

from __future__ import annotations

from types import SimpleNamespace
from typing import get_args

import pytest
from django.conf import settings

from core import commands
from core.commands import Command, Do
from core.registries import Registry

ANYBODY = SimpleNamespace(may=lambda _permission: False)


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Registry[Command]:
    empty: Registry[Command] = Registry("commands")
    monkeypatch.setattr(commands, "registry", empty)
    return empty


def test_url_names_become_addresses(known: Registry[Command]) -> None:
    known.register("gallery", Command("Components", ("g u",), "go", "gallery", group="Go to"))
    (row,) = commands.for_scripts(ANYBODY)
    assert row == {
        "id": "gallery", "keys": ["g u"], "scope": "everywhere", "do": "go", "to": "/ui",
    }  # fmt: skip


def test_pages_that_do_not_exist_are_left_out(known: Registry[Command]) -> None:
    known.register("chats", Command("Chats", ("g c",), "go", "no-such-page"))
    assert commands.for_scripts(ANYBODY) == []
    assert commands.for_help(ANYBODY) == []


def test_commands_follow_permissions(known: Registry[Command]) -> None:
    known.register("x", Command("X", ("x",), "click", "#x", permission="settings.change"))
    assert commands.for_scripts(ANYBODY) == []


def test_help_spells_keys_for_people(known: Registry[Command]) -> None:
    known.register("a", Command("Palette", ("mod+k",), "dialog", "palette", group="Everywhere"))
    known.register("b", Command("Down", ("j",), "move", "1", group="List"))
    groups = commands.for_help(ANYBODY)
    assert [group.title for group in groups] == ["Everywhere", "List"]
    assert groups[0].lines[0].shown_keys == ["Ctrl", "k"]
    assert commands.for_scripts(ANYBODY)[1]["to"] == 1


def test_scripts_can_do_every_kind_of_command() -> None:
    script = (settings.BASE_DIR / "static/js/hot-keys.js").read_text()
    assert all(f"\n  {do}(" in script for do in get_args(Do))


def test_no_two_commands_share_keys_on_a_page() -> None:
    taken: set[tuple[str, str]] = set()
    for _key, command in commands.registry:
        pairs = {(command.scope, keys) for keys in command.keys}
        assert not pairs & taken
        taken |= pairs
