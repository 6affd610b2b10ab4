"""What is new in an answer and what is quoted: split for folding, never deleted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mailpipe.quoting_signs import (
    ATTRIBUTION_VERBS,
    AUTHOR_LABELS,
    FORWARDED,
    HEADER_LABELS,
    MOBILE_SIGNATURE,
    ORIGINAL_MESSAGE,
)

_QUOTED_LINE = re.compile(r"\s{0,3}(?:>|&gt;)")
_SIGNATURE = re.compile(r"-- ?|—")
_RULE = re.compile(r"[_=\-–—*]{8,}")
_EMAIL = re.compile(r"[^\s<>()\[\]@]{1,64}@[^\s<>()\[\]@]{1,255}")
_TIME = re.compile(r"\d{1,2}\s?[:.h時时點点시]\s?\d{2}|\d{1,2} ?[ap]\.? ?m\b", re.IGNORECASE)
_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
# A greeting in the line above must not be taken for the beginning of the attribution.
_NAMES_A_FACT = re.compile(rf"\d|@|{ATTRIBUTION_VERBS.pattern}", re.IGNORECASE)
_ATTRIBUTION_LINES = 4
_ATTRIBUTION_LENGTH = 400
_HEADER_LINES = 10
_HEADER_LABELS_NEEDED = 3
_SIGNATURE_LINES = 15
_LINE_LIMIT = 20_000


@dataclass(frozen=True)
class Quoted:
    """`visible + quoted` is the whole text, character for character."""

    visible: str
    quoted: str = ""


def split_text(text: str, markers: Sequence[str] = ()) -> Quoted:
    """Cut where everything below is quoted; with nothing new above the cut, nothing is folded.

    `markers` are the "reply above this line" texts we send, in all languages. A text that goes on
    after its quotes was answered inline or below, and stays whole.
    """
    lines = text.splitlines(keepends=True)
    cut = first_quoted_line([line.strip() for line in lines[: _LINE_LIMIT + 1]], markers)
    return Quoted("".join(lines[:cut]), "".join(lines[cut:])) if cut else Quoted(text)


def first_quoted_line(lines: Sequence[str], markers: Sequence[str] = ()) -> int | None:
    """The stripped line where the folded part begins, None when all of it is news."""
    page = _Page(list(lines[:_LINE_LIMIT]))
    cut = _marker(page, markers)
    if cut is None:
        cut = next((n for n, line in enumerate(page.lines) if line and page.begins_quote(n)), None)
    if cut is None and len(lines) > _LINE_LIMIT:
        return None
    cut = _without_tail(page.lines, len(page.lines) if cut is None else cut)
    return cut if any(says_something(line) for line in page.lines[:cut]) else None


def says_something(visible: str) -> bool:
    return any(letter.isalnum() for letter in visible)


def is_attribution(text: str) -> bool:
    """Somebody and a moment; where the language has a verb for it, one of the two is enough."""
    if len(text) > _ATTRIBUTION_LENGTH or text.rstrip("*_ \xa0")[-1:] not in (":", "："):
        return False
    email, time, date = _EMAIL.search(text), _TIME.search(text), _DATE.search(text)
    if ATTRIBUTION_VERBS.search(text):
        return bool(email or time or date)
    return bool(email and time)


@dataclass(frozen=True)
class _Page:
    """The stripped lines of one text, with what is asked about them again and again."""

    lines: list[str]

    @cached_property
    def own_until(self) -> int:
        """Behind the last line that is neither blank nor quoted nor of a closing signature."""
        end = next((n for n in self._last_lines if _is_signature(self.lines[n])), len(self.lines))
        for number in range(end - 1, -1, -1):
            if self.lines[number] and not self.is_quoted(number) and not self._is_wrapped(number):
                return number + 1
        return 0

    @cached_property
    def last_quoted(self) -> int:
        numbers = range(len(self.lines) - 1, -1, -1)
        return next((number for number in numbers if self.is_quoted(number)), -1)

    @property
    def _last_lines(self) -> range:
        return range(max(0, len(self.lines) - _SIGNATURE_LINES), len(self.lines))

    def is_quoted(self, number: int) -> bool:
        return _QUOTED_LINE.match(self.lines[number]) is not None

    def begins_quote(self, number: int, *, certain: bool = False) -> bool:
        """True when a quote starts here and reaches the end, or a marker below makes it certain."""
        if ORIGINAL_MESSAGE.fullmatch(self.lines[number].strip("> ")):
            return True
        if self._is_header_block(number) and not self._is_forwarded(number):
            return True
        after = self._end_of_attribution(number)
        if after is not None:
            return certain or self.own_until <= after or self.last_quoted < after
        return self.is_quoted(number) and self.own_until <= number

    def _is_header_block(self, number: int) -> bool:
        """Outlook: an optional rule, then From, Sent, To, Subject in its user's language."""
        start = number
        if _RULE.fullmatch(self.lines[number]):
            start = next((n for n in range(number + 1, number + 3) if self._at(n)), number)
        block = [line.lstrip("> ") for line in self.lines[start : start + _HEADER_LINES]]
        if not block or not HEADER_LABELS.match(block[0]):
            return False
        labelled = [line for line in block if HEADER_LABELS.match(line)]
        if AUTHOR_LABELS.match(block[0]):
            return len(labelled) >= _HEADER_LABELS_NEEDED
        # Hotmail begins with the date: then a fourth label and the author must be among them.
        return len(labelled) > _HEADER_LABELS_NEEDED and any(map(AUTHOR_LABELS.match, labelled))

    def _is_forwarded(self, number: int) -> bool:
        """A forwarded mail is the news itself, its headers included."""
        return any(FORWARDED.match(line) for line in self.lines[max(0, number - 3) : number])

    def _end_of_attribution(self, number: int) -> int | None:
        """Behind "On Monday Jane wrote:", which mail programs wrap over up to four lines."""
        if not _NAMES_A_FACT.search(self.lines[number]):
            return None
        joined = ""
        for line in self.lines[number : number + _ATTRIBUTION_LINES]:
            if not line or _QUOTED_LINE.match(line):
                return None
            joined = f"{joined} {line}".strip()
            number += 1
            if is_attribution(joined):
                return number
        return None

    def _is_wrapped(self, number: int) -> bool:
        """A single line between quotes is the rest of a quoted line that was wrapped."""
        return all(_QUOTED_LINE.match(self._at(n)) for n in (number - 1, number + 1)) and (
            self._at(number - 1).strip("> ") != ""
        )

    def _at(self, number: int) -> str:
        return self.lines[number] if 0 <= number < len(self.lines) else ""


def _marker(page: _Page, markers: Sequence[str]) -> int | None:
    """Our line, also where the mail program wrapped it; not if the answer stands below it."""
    wanted = [_words(marker) for marker in markers if marker.strip()]
    plain = [_words(line) for line in page.lines] if wanted else []
    for number, line in enumerate(plain):
        following = plain[number + 1] if number + 1 < len(plain) else ""
        joined = f"{line} {following}"
        if any(each in line or (each in joined and each not in following) for each in wanted):
            if page.is_quoted(number) and page.own_until > number:
                return None
            return _above_attribution(page, number)
    return None


def _words(line: str) -> str:
    return " ".join(line.lstrip("> \t|").lower().split())


def _above_attribution(page: _Page, number: int) -> int:
    """The marker is the first line of our mail: "On … wrote:" and header blocks stand above it."""
    for start in range(max(0, number - _HEADER_LINES - 2), number):
        if page.lines[start] and page.begins_quote(start, certain=True):
            return start
    return number


def _without_tail(lines: list[str], end: int) -> int:
    """Signature and blank lines above the cut belong to the folded part."""
    end = _without_blank(lines, end)
    for number in range(max(1, end - _SIGNATURE_LINES), end):
        if _is_signature(lines[number]):
            return _without_blank(lines, number)
    return end


def _without_blank(lines: list[str], end: int) -> int:
    while end > 0 and not lines[end - 1]:
        end -= 1
    return end


def _is_signature(line: str) -> bool:
    return bool(_SIGNATURE.fullmatch(line) or MOBILE_SIGNATURE.match(line))
