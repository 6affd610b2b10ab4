"""`{name}`, `{name|fallback}` and `[NAME]` in texts: replaced from a white list only (X-34)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = re.compile(
    r"\{([a-z][a-z0-9_]{0,40}(?:\.[a-z0-9_]{1,40}){0,2})(?:\|([^{}|\r\n]{0,80}))?\}"
    r"|\[([A-Z][A-Z0-9_]{0,40})\]"
)


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with every known name replaced once; unknown ones stay visible.

    Neither a template nor `str.format`: a name is looked up, never evaluated, and what it is
    replaced by is not looked at again (X-35). A fallback stands in for an empty or missing value.
    """
    return _NAME.sub(lambda hit: _filled(hit, values), text)


def unknown(text: str, known: Mapping[str, object] | frozenset[str]) -> list[str]:
    """The names in `text` that nothing would replace, for a warning beside the field."""
    return sorted({name for name in names_in(text) if name not in known})


def names_in(text: str) -> set[str]:
    """The names a text asks for, so that costly values need not be worked out for the others."""
    return {hit[1] or hit[3] for hit in _NAME.finditer(text)}


def open_names(text: str, values: Mapping[str, str]) -> list[str]:
    """The names as they stand in `text` that `fill` would leave there, for a mark beside it."""
    hits = (hit for hit in _NAME.finditer(text) if _filled(hit, values) == hit[0])
    return list(dict.fromkeys(hit[0] for hit in hits))


def _filled(hit: re.Match[str], values: Mapping[str, str]) -> str:
    value = values.get(hit[1] or hit[3])
    if not value and hit[2] is not None:
        return hit[2]
    return hit[0] if value is None else value
