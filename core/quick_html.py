"""Markup for lists: what format_html makes, at a fifth of its price."""

from __future__ import annotations

import re
from html import escape

from django.utils.safestring import SafeString

# To look once is several times quicker than to replace five times, and few texts have any.
_TELLING = re.compile("[&<>\"']").search


def fill(pattern: str, *values: object) -> SafeString:
    """`pattern`, a constant, with each value escaped unless it is markup already.

    Django's format_html asks of every value whether it is lazy, three times over; on fifty lines of
    ten cells that was a fifth of the page.
    """
    return SafeString(
        pattern.format(
            *[value if type(value) is SafeString else _escaped(value) for value in values]
        )
    )


def _escaped(value: object) -> str:
    if type(value) is not str:
        # Numbers have nothing to escape, and a kind of SafeString of its own is none the less safe.
        if type(value) is int or isinstance(value, SafeString):
            return str(value)
        value = str(value)
    return escape(value) if _TELLING(value) else value
