"""The second stylesheet: colours that managers chose, out of the database (screens.md 6.9)."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from core import options, registries
from core.colour import BRAND_LIGHTNESS, Oklch, is_hex, to_hex, to_oklch
from core.memo import remembered
from core.registries import ThemeColour

FOR_EVER = "public, max-age=31536000, immutable"
BRAND = ":root"  # the brand's colour takes this selector; all others are classes

BRAND_COLOUR = options.declare(
    options.OptionSpec(
        "branding.colour",
        "str",
        "#0e7c66",
        _("Brand colour"),
        _("Buttons and links of the customers' pages; darkened until white can be read on it."),
        maximum=7,
    )
)

logger = logging.getLogger(__name__)

_SELECTOR = re.compile(r":root|\.[a-z][a-z0-9-]*")
_RELATIVE = "(color: oklch(from red l c h))"


@dataclass(frozen=True)
class Theme:
    """The stylesheet as it is now, and the hash in its address."""

    css: str
    digest: str


@remembered(seconds=5)
def current() -> Theme:
    """The theme of all registered colours."""
    brand = ThemeColour(BRAND, str(options.value(BRAND_COLOUR.key)).lower())
    rows = [colour for ask in registries.theme_colours.entries() for colour in ask()]
    css = stylesheet([brand, *rows])
    return Theme(css, hashlib.sha256(css.encode()).hexdigest()[:12])


def url() -> str:
    """Where the stylesheet of now lies."""
    return reverse("theme", args=[current().digest])


@require_safe
def theme(_request: HttpRequest, digest: str) -> HttpResponse:
    """The theme file; only the address that names its contents may be kept for ever."""
    if current().digest != digest:
        current.forget()  # another process may have seen the change first
    found = current()
    response = HttpResponse(found.css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = FOR_EVER if found.digest == digest else "no-store"
    return response


def stylesheet(colours: list[ThemeColour]) -> str:
    """Rules for `colours`, with plain hexes for browsers without relative colours.

    A selector or colour of another form never reaches CSS: it is left out and logged, for one bad
    row must not take every page down.
    """
    sound = [colour for colour in colours if _is_sound(colour)]
    rules = "".join(_rule(colour) for colour in sound)
    plain = "".join(_plain_rule(colour) for colour in sound)
    if not rules:
        return ""
    return f"@layer utilities{{{rules}@supports not {_RELATIVE}{{{plain}}}}}"


def _is_sound(colour: ThemeColour) -> bool:
    sound = bool(_SELECTOR.fullmatch(colour.selector)) and is_hex(colour.hex)
    if not sound:
        logger.error("left out of the theme: %r", colour)
    return sound


def _rule(colour: ThemeColour) -> str:
    knob = "--brand" if colour.selector == BRAND else "--c"
    return f"{colour.selector}{{{knob}:{colour.hex}}}"


def _plain_rule(colour: ThemeColour) -> str:
    own = to_oklch(colour.hex)
    knobs = _brand_knobs(own) if colour.selector == BRAND else _badge_knobs(own)
    return f"{colour.selector}{{{';'.join(f'{knob}:{value}' for knob, value in knobs)}}}"


def _badge_knobs(own: Oklch) -> list[tuple[str, str]]:
    return [
        ("--badge-bg", _both(own.at(0.945, 0.055), own.at(0.29, 0.06))),
        ("--badge-ink", _both(own.at(0.38, 0.12), own.at(0.87, 0.1))),
        ("--badge-dot", _both(own.at(min(own.lightness, 0.62)), own.at(max(own.lightness, 0.68)))),
    ]


def _brand_knobs(own: Oklch) -> list[tuple[str, str]]:
    return [
        ("--brand-fill", to_hex(own.at(min(own.lightness, BRAND_LIGHTNESS)))),
        ("--brand-text", _both(own.at(min(own.lightness, 0.48)), own.at(0.8))),
        ("--brand-wash", _both(own.at(0.97, 0.016), own.at(0.23, 0.022))),
        ("--brand-soft", _both(own.at(0.97, 0.016), own.at(0.33, 0.045))),
    ]


def _both(light: Oklch, dark: Oklch) -> str:
    return f"light-dark({to_hex(light)},{to_hex(dark)})"
