"""Colour sums: OKLCH to hexes, contrast, whether white can be read on a colour (screens.md 9.2)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

AA_TEXT = 4.5
BRAND_LIGHTNESS = 0.52  # white on it reaches 5.1 for every hue
WHITE = "#ffffff"

_HEX = re.compile(r"#[0-9a-f]{6}")
_LINEAR_LIMIT = 0.04045  # of sRGB, and the same point on the straight side
_STRAIGHT_LIMIT = 0.0031308
_SLACK = 0.0005  # rounding, far below one step of a byte
_GAMUT_STEPS = 24


@dataclass(frozen=True)
class Oklch:
    """A colour by lightness (0 to 1), chroma and hue in radians."""

    lightness: float
    chroma: float
    hue: float

    def at(self, lightness: float, most_chroma: float | None = None) -> Oklch:
        """The same hue at another lightness, with its chroma capped."""
        chroma = self.chroma if most_chroma is None else min(self.chroma, most_chroma)
        return Oklch(lightness, chroma, self.hue)


@dataclass(frozen=True)
class Verdict:
    """Whether white words can stand on a colour, and the nearest one on which they can."""

    colour: str
    ratio: float
    passes: bool
    suggestion: str


def is_hex(text: str) -> bool:
    """Whether `text` is a colour as the theme file takes it: # and six lower-case digits."""
    return bool(_HEX.fullmatch(text))


def verdict(colour: str) -> Verdict:
    """How white reads on `colour`; the suggestion is what buttons are drawn with."""
    ratio = contrast(colour, WHITE)
    own = to_oklch(colour)
    deeper = to_hex(own.at(min(own.lightness, BRAND_LIGHTNESS)))
    return Verdict(colour, round(ratio, 2), ratio >= AA_TEXT, deeper)


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two hexes, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def to_oklch(colour: str) -> Oklch:
    """`#rrggbb` in OKLCH (Björn Ottosson's matrices, CSS Color 4)."""
    red, green, blue = _linear(colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return Oklch(lightness, math.hypot(a, b), math.atan2(b, a))


def to_hex(colour: Oklch) -> str:
    """`#rrggbb`; chroma the screen cannot show is taken back until it can."""
    shown, low, high = colour, 0.0, colour.chroma
    if not _in_gamut(_rgb(colour)):
        for _ in range(_GAMUT_STEPS):
            shown = Oklch(colour.lightness, (low + high) / 2, colour.hue)
            low, high = (shown.chroma, high) if _in_gamut(_rgb(shown)) else (low, shown.chroma)
    return "#" + "".join(f"{_byte(channel):02x}" for channel in _rgb(shown))


def _rgb(colour: Oklch) -> tuple[float, float, float]:
    a, b = colour.chroma * math.cos(colour.hue), colour.chroma * math.sin(colour.hue)
    long = (colour.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (colour.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (colour.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _in_gamut(channels: tuple[float, float, float]) -> bool:
    return all(-_SLACK <= channel <= 1 + _SLACK for channel in channels)


def _byte(linear: float) -> int:
    value = min(max(linear, 0.0), 1.0)
    curved = 12.92 * value if value <= _STRAIGHT_LIMIT else 1.055 * value ** (1 / 2.4) - 0.055
    return round(curved * 255)


def _linear(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return _straight(red), _straight(green), _straight(blue)


def _straight(value: float) -> float:
    return value / 12.92 if value <= _LINEAR_LIMIT else ((value + 0.055) / 1.055) ** 2.4


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
