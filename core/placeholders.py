"""`{name}` and `[NAME]` in texts people write: replaced from a white list, nothing else (X-34)."""

from __future__ import annotations

import re
from collections.abc import Mapping

_NAME = re.compile(
    r"\{([a-z][a-z0-9_]{0,40}(?:\.[a-z0-9_]{1,40}){0,2})\}|\[([A-Z][A-Z0-9_]{0,40})\]"
)


def fill(text: str, values: Mapping[str, str]) -> str:
    """`text` with every known name replaced once; unknown ones stay visible.

    Neither a template nor `str.format`: a name is looked up, never evaluated, and what it is
    replaced by is not looked at again (X-35).
    """
    return _NAME.sub(lambda hit: values.get(hit[1] or hit[2], hit[0]), text)


def unknown(text: str, known: Mapping[str, object] | frozenset[str]) -> list[str]:
    """The names in `text` that nothing would replace, for a warning beside the field."""
    return sorted({name for name in names_in(text) if name not in known})


def names_in(text: str) -> set[str]:
    """The names a text asks for, so that costly values need not be worked out for the others."""
    return {braced or bracketed for braced, bracketed in _NAME.findall(text)}
