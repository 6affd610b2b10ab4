"""What a message says itself: without what it quotes and without the signature under it."""

from __future__ import annotations

import re
from typing import Final

# Longer than this is no signature, and what follows a greeting is not one either.
MAX_SIGNATURE: Final = 15
MAX_UNDER_GREETING: Final = 8

MAX_CLOSING: Final = 80

_QUOTED: Final = re.compile(r"\s{0,3}>")
# RFC 3676 4.3 asks for the blank; many mail programs lose it, some write a dash.
_SIGNATURE: Final = re.compile(r"(?:--|—|__+) *")
# Closings nobody begins a new thought with: "Thanks," may be followed by one.
_GREETING: Final = re.compile(
    r"(?:(?:best|kind|kindest|warm|warmest)?\s*regards|best wishes"
    r"|(?:yours )?(?:sincerely|faithfully|truly)|sincerely yours"
    r"|mit (?:freundlichen|besten|herzlichen) gr(?:ü|ue)(?:ß|ss)en"
    r"|(?:viele|beste|liebe|herzliche|freundliche) gr(?:ü|ue)(?:ß|ss)e"
    r"|(?:bien )?cordialement|bien à vous|salutations distinguées"
    r"|(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|cordiali saluti|distinti saluti"
    r"|met vriendelijke groeten?|atenciosamente|с уважением|pozdrawiam)\s*[,.!]?",
    re.IGNORECASE,
)


def new_text(text: str) -> str:
    """The text without lines that begin with ">" and without the signature at its end.

    What a reply quoted under an attribution was parted from the text when it came in. A signature
    is what follows a line of dashes, or a closing such as "Kind regards" with a few lines below.
    """
    lines = [line for line in text.splitlines() if not _QUOTED.match(line)]
    cut = _signature(lines, _SIGNATURE, most=MAX_SIGNATURE)
    if cut is None:
        cut = _signature(lines, _GREETING, most=MAX_UNDER_GREETING)
    return "\n".join(lines[:cut]).strip()


def _signature(lines: list[str], begins: re.Pattern[str], *, most: int) -> int | None:
    """The first line of the last `most` ones at which a signature begins."""
    said = [number for number, line in enumerate(lines) if line.strip()]
    for number in said[-(most + 1) :]:
        line = lines[number].strip()
        if len(line) <= MAX_CLOSING and begins.fullmatch(line):
            return number
    return None
