"""Who reacts to what, and what fills each registry: the map of the house as a document."""

from __future__ import annotations

from collections.abc import Iterator

from core import events
from core.conditions import fields
from core.jobs import kinds
from core.options import declared
from core.registries import all_registries

INTRODUCTION = (
    "Written by `manage.py wiring --write`; a test keeps it true. Reactions run in this order, in "
    "the transaction of the event."
)


def document() -> str:
    """The wiring as Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from ("# Wiring", "", INTRODUCTION, "", "## Events", "")
    yield from ("| event | reactions |", "|---|---|")
    for event, reactions in events.wiring().items():
        yield f"| {event} | {', '.join(f'`{name}`' for name in reactions)} |"
    for registry in [*all_registries(), kinds, fields]:
        yield from ("", f"## {registry.name}", "")
        yield ", ".join(f"`{key}`" for key in registry.names()) or "(empty)"
    yield from ("", "## options", "")
    yield ", ".join(f"`{key}`" for key in sorted(declared())) or "(none)"
