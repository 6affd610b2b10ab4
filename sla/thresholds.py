"""Thresholds of a target in the words managers write: 75%, 150%, -30m, +2h, -1h real (sla.md 6)."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

BREACH = "breach"
DEFAULT = ("75%",)
_FORM = re.compile(
    r"(?:(?P<percent>\d{1,4})%|(?P<sign>[+-])(?P<amount>\d{1,5})(?P<unit>[smh])(?P<real> real)?)\Z"
)
_UNITS = {"s": 1, "m": 60, "h": 3600}


class BadThreshold(ValueError):
    """Not one of the forms; the message names the text."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A point on a clock: a fraction of its target, or seconds before and after the deadline."""

    key: str
    fraction: float = 0.0
    offset_s: int = 0
    is_real: bool = False

    def seconds(self, target_s: int) -> int:
        """The business seconds after which it is reached."""
        if self.fraction:
            # Rounded first: 0.07 * 100 is a hair more than 7.
            return math.ceil(round(self.fraction * target_s, 6))
        return max(0, target_s + self.offset_s)


@lru_cache(maxsize=512)
def parse_thresholds(texts: tuple[str, ...]) -> tuple[Threshold, ...]:
    """The thresholds besides the breach itself. Raises BadThreshold."""
    return tuple(parse_threshold(text) for text in dict.fromkeys(texts) if text != "100%")


def parse_threshold(text: str) -> Threshold:
    """`75%` of the target; `-30m` before and `+2h` after it, in business time or `real` time.

    Raises BadThreshold.
    """
    found = _FORM.match(text)
    if found is None or found["percent"] == "0":
        raise BadThreshold(text)
    if found["percent"]:
        return Threshold(text, fraction=int(found["percent"]) / 100)
    seconds = int(found["amount"]) * _UNITS[found["unit"]]
    signed = -seconds if found["sign"] == "-" else seconds
    return Threshold(text, offset_s=signed, is_real=bool(found["real"]))
