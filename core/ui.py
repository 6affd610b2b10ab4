"""Atoms of the screen as ready markup: for templates by `{% load ui %}`, for list rows by views."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime
from functools import lru_cache
from typing import Literal

from django.db.models import Model
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core import icons
from core.quick_html import fill
from core.times import Times, ago_text
from core.translating import gettext

DueState = Literal["ok", "risk", "overdue", "paused", "met", "failed", "none"]

HUES = 8
COUNTER_LIMIT = 999
URGENT, HIGH, MEDIUM, LOW = 1, 2, 3, 4

_SVG = (
    '<svg class="{}" viewBox="0 0 24 24" fill="none" stroke="currentColor" '
    'stroke-linecap="round" stroke-linejoin="round" {}>{}</svg>'
)
_DUE_ICONS = {
    "risk": "clock",
    "overdue": "circle-alert",
    "paused": "pause",
    "met": "check",
    "failed": "circle-x",
}
_TICKING = frozenset(("ok", "risk", "overdue"))
# The script of the chip lets those tick that say when.
_CHIP = '<due-chip class="sla sla--{}">{}<span>{}</span></due-chip>'
_CHIP_DUE = _CHIP.replace(">{}", ' data-due="{}">{}', 1)
_CHIP_RISK = _CHIP.replace(">{}", ' data-due="{}" data-risk="{}">{}', 1)
_LEVELS = {URGENT: "urgent", HIGH: "high", MEDIUM: "medium", LOW: "low"}
_BARS = (("0", "9", "4.6"), ("4.2", "6.3", "7.3"), ("8.4", "3.6", "10"), ("12.6", ".9", "12.7"))
_ON = format_html(' class="{}"', "on")


def icon(name: str, *, size: str = "", label: str = "") -> SafeString:
    """One drawing: hidden from screen readers unless it has a label. `size` is s, l or xl."""
    return _drawn(name, size, str(label))


def badge(name: str, *, glyph: str = "", tone: str = "", key: str = "") -> SafeString:
    """Glyph, word and soft fill; `key` (status-7) takes its colour from the theme file."""
    return format_html(
        '<span class="{}">{}{}</span>', _badge_class(tone, key), _glyph(glyph), str(name)
    )


def glyph(name: str, *, glyph: str = "", tone: str = "", key: str = "") -> SafeString:
    """A badge's glyph alone for narrow lists; the word stays for the ear."""
    return format_html(
        '<span class="{} glyph">{}<span class="hidden-text">{}</span></span>',
        _badge_class(tone, key),
        _glyph(glyph),
        str(name),
    )


def priority_mark(name: str, level: int) -> SafeString:
    """Rising bars and the word; level 1 is the most urgent."""
    return _marked(str(name), min(max(level, URGENT), LOW))


def avatar(name: str, *, label: str = "", size: str = "") -> SafeString:
    """Initials on the hue of the name; without a name: nobody yet. `size` is m or l."""
    css = f" avatar--{size}" if size else ""
    if not name:
        return _nobody(str(label) or gettext("Nobody assigned"), css)
    return _portrait(str(name), str(label), css)


def counter(count: int, *, unit: str = "", live: bool = False) -> SafeString:
    """A number, 999+ beyond the limit; `unit` is read out (open, unread)."""
    shown = str(count) if count <= COUNTER_LIMIT else f"{COUNTER_LIMIT}+"
    return fill(
        '<span class="{}">{}<span class="hidden-text"> {}</span></span>',
        "counter counter--live" if live else "counter",
        shown,
        unit,
    )


def due_chip(
    due: datetime | None,
    *,
    times: Times,
    risk_at: datetime | None = None,
    state: DueState | None = None,
    text: str = "",
) -> SafeString:
    """A deadline: quiet, then amber, then red; `state` and `text` override what the times say."""
    if due is None and state is None:
        return SafeString("")
    shown = state or due_state(due or times.now, times.now, risk_at)
    words = text or times.due_text(shown, due)
    mark = icon(_DUE_ICONS[shown]) if shown in _DUE_ICONS else ""
    if text or due is None or shown not in _TICKING:
        return fill(_CHIP, shown, mark, words)
    if risk_at is None:
        return fill(_CHIP_DUE, shown, _iso(due), mark, words)
    return fill(_CHIP_RISK, shown, _iso(due), _iso(risk_at), mark, words)


def due_state(due: datetime, now: datetime, risk_at: datetime | None = None) -> DueState:
    """ok until `risk_at`, then risk until due, then overdue."""
    if now >= due:
        return "overdue"
    return "risk" if risk_at and now >= risk_at else "ok"


def time_ago(moment: datetime | None, *, now: datetime) -> SafeString:
    """How long ago, in the reader's zone; the exact time as title."""
    if moment is None:
        return SafeString("")
    local = timezone.localtime(moment)
    return format_html(
        '<time-ago><time datetime="{}" title="{}">{}</time></time-ago>',
        _iso(moment),
        date_format(local, "DATETIME_FORMAT"),
        ago_text(moment, now),
    )


def dom_id(row: Model, *, part: str = "") -> str:
    """The id of a row's element: ticket-42, or ticket-42-properties for a part of it."""
    return f"{row._meta.model_name}-{row.pk}{f'-{part}' if part else ''}"


def initials(name: str) -> str:
    """First letters of the first and the last word."""
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "") if words else name[:1]
    return letters.upper()


# A page shows the same few atoms on every line: their markup is made once.
@lru_cache(maxsize=1024)
def _drawn(name: str, size: str, label: str) -> SafeString:
    css = f"icon icon--{size}" if size else "icon"
    return format_html(_SVG, css, _spoken(label), icons.drawing(name))


@lru_cache(maxsize=256)
def _marked(name: str, level: int) -> SafeString:
    return format_html(
        '<span class="priority priority--{}">{}<span class="priority__word">{}</span></span>',
        _LEVELS[level],
        _bars(level),
        name,
    )


@lru_cache(maxsize=64)
def _nobody(text: str, css: str) -> SafeString:
    return format_html(
        '<span class="avatar avatar--none{}" role="img" aria-label="{}">{}</span>',
        css,
        text,
        icon("user-plus", size="s"),
    )


@lru_cache(maxsize=4096)
def _portrait(name: str, label: str, css: str) -> SafeString:
    return format_html(
        '<span class="avatar avatar--h{}{}" {}>{}</span>',
        _hue(name),
        css,
        _spoken(label),
        initials(name),
    )


def _spoken(label: str) -> SafeString:
    if label:
        return format_html('role="img" aria-label="{}"', label)
    return format_html('aria-hidden="{}"', "true")


def _badge_class(tone: str, key: str) -> str:
    if key:
        return f"badge badge--own {key}"
    return f"badge badge--{tone}" if tone else "badge"


def _glyph(name: str) -> SafeString | str:
    if not name:
        return ""
    return format_html('<svg viewBox="0 0 12 12" aria-hidden="true">{}</svg>', icons.glyph(name))


def _bars(level: int) -> SafeString:
    lit = len(_BARS) + 1 - level
    bars = format_html_join(
        "",
        '<rect{} x="{}" y="{}" width="2.8" height="{}" rx="1"/>',
        ((_ON if place < lit else "", *bar) for place, bar in enumerate(_BARS)),
    )
    return format_html('<svg viewBox="0 0 16 14" aria-hidden="true">{}</svg>', bars)


def _hue(name: str) -> int:
    # crc32 and not hash(): the same person keeps the same colour in every worker.
    return zlib.crc32(name.strip().casefold().encode()) % HUES + 1


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
