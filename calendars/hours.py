"""Opening hours as people type them: "9-12:30, 13:30-18", "9 am to 5 pm", "22:00–06:00"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

NOON = 12
LAST_HOUR, LAST_MINUTE = 24, 59
_SPLIT = re.compile(r"[,;\n]|\band\b", re.IGNORECASE)
_SPAN = re.compile(r"^(?P<begin>.+?)\s*(?:-|–|—|\bto\b)\s*(?P<end>.+)$", re.IGNORECASE)
_TIME = re.compile(
    r"^(?P<hour>[0-9]{1,2})(?:[:.h](?P<minute>[0-9]{2}))?(?::(?P<second>[0-9]{2}))?"
    r"\s*(?P<half>[ap])?\.?(?:m\.?)?$",
    re.IGNORECASE,
)
WHOLE_DAY = ("00:00", "24:00")


class UnreadableHours(ValueError):
    """What was typed is no list of times; the text says which part and what to write."""


def read_spans(text: str) -> list[list[str]]:
    """Pairs of HH:MM; none for an empty or "closed" day. Raises UnreadableHours.

    An end that is not after its beginning is on the next day (sla.md 2.1).
    """
    words = " ".join(text.split()).casefold()
    if words in {"", "-", "–", "closed", _("closed").casefold()}:
        return []
    if words in {"24h", "24 h", "all day", _("all day").casefold()}:
        return [list(WHOLE_DAY)]
    return [_span(piece.strip()) for piece in _SPLIT.split(words) if piece.strip()]


def write_spans(spans: Sequence[Sequence[str]]) -> str:
    """The spans as they stand in a form: 09:00–12:30, 13:30–18:00."""
    return ", ".join(f"{begin}–{end}" for begin, end in spans)


def _span(piece: str) -> list[str]:
    found = _SPAN.match(piece)
    times = [_time(found["begin"]), _time(found["end"])] if found else []
    if not times or "" in times:
        example = _("“%(text)s” is not a span of time. Write it like 9:00–18:00.")
        raise UnreadableHours(example % {"text": piece[:40]})
    return times


def _time(text: str) -> str:
    """HH:MM or HH:MM:SS; empty when it is no time of day."""
    found = _TIME.match(text.strip())
    if found is None:
        return ""
    hour, minute, second = (int(found[part] or 0) for part in ("hour", "minute", "second"))
    if found["half"]:
        if not 1 <= hour <= NOON:
            return ""
        hour = hour % NOON + (NOON if found["half"] == "p" else 0)
    is_after_midnight = hour == LAST_HOUR and bool(minute or second)
    if hour > LAST_HOUR or max(minute, second) > LAST_MINUTE or is_after_midnight:
        return ""
    return f"{hour:02}:{minute:02}" + (f":{second:02}" if second else "")
