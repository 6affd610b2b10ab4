"""Serial numbers as people type them, and as they are compared."""

from __future__ import annotations

import unicodedata

MAX_SERIAL = 80


def serial_key(text: str) -> str:
    """In capitals, without spaces and dashes: sn-4711 a and SN4711A are one."""
    plain = unicodedata.normalize("NFKC", text).upper()
    kept = (sign for sign in plain if not (sign.isspace() or unicodedata.category(sign) == "Pd"))
    return "".join(kept)[:MAX_SERIAL]
