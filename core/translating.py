"""gettext for words said on every line of a list: looked up once for each language."""

from __future__ import annotations

from functools import lru_cache

from django.utils import translation


def gettext(text: str) -> str:
    """`text` in the reader's language."""
    return _looked_up(translation.get_language(), text)


@lru_cache(maxsize=2048)
def _looked_up(_language: str | None, text: str) -> str:
    return translation.gettext(text)
