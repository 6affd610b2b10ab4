"""The icons: lucide's paths, read once from static/icons/icons.svg."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.utils.safestring import SafeString

_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)" viewBox="0 0 24 24">(.*?)</symbol>')
_FILE = Path(__file__).resolve().parent.parent / "static" / "icons" / "icons.svg"

# Glyphs of badges: 12 px, drawn to be told apart without colour (screens.md 9.2).
GLYPHS = {
    "disc": '<circle cx="6" cy="6" r="4.5" fill="currentColor"/>',
    "half": (
        '<circle cx="6" cy="6" r="4.6" fill="none" stroke="currentColor" stroke-width="1.6"/>'
        '<path d="M6 3.2a2.8 2.8 0 0 1 0 5.6z" fill="currentColor"/>'
    ),
    "reply": (
        '<path d="M5 2 1.8 5.2 5 8.4M2.2 5.2h4.6a3.4 3.4 0 0 1 3.4 3.4v1.2" fill="none" '
        'stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round"/>'
    ),
    "bars": (
        '<path d="M4 2.4v7.2M8 2.4v7.2" fill="none" stroke="currentColor" stroke-width="2" '
        'stroke-linecap="round"/>'
    ),
    "up": (
        '<path d="M6 10.2V2M2.4 5.4 6 1.8l3.6 3.6" fill="none" stroke="currentColor" '
        'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>'
    ),
    "check": (
        '<path d="m2 6.4 2.8 2.8L10 3.4" fill="none" stroke="currentColor" stroke-width="1.9" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    ),
}


@lru_cache(maxsize=1)
def registry() -> dict[str, str]:
    """Name to the inner markup of its 24 x 24 drawing."""
    return dict(_SYMBOL.findall(_FILE.read_text(encoding="utf-8")))


def drawing(name: str) -> SafeString:
    """The paths of one icon. Raises LookupError that names the nearest neighbours."""
    try:
        return SafeString(registry()[name])  # our own file, never input
    except KeyError:
        first = name.partition("-")[0]
        near = [known for known in registry() if known.partition("-")[0] == first]
        raise LookupError(f"no icon {name}; near: {', '.join(near) or 'none'}") from None


def glyph(name: str) -> SafeString:
    """The paths of one glyph, nothing for no name."""
    return SafeString(GLYPHS[name] if name else "")  # our own table, never input
