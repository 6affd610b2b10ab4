"""Encoded words of RFC 2047, as mailers really write them."""

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailpipe.parsing.charsets import clean, decode

# Charset, an optional language (RFC 2231 5), encoding; the text runs to the next "?=".
_START = re.compile(r"=\?([\w.:+\-]{0,60})(?:\*[\w\-]{0,20})?\?([bBqQ])\?")
_BASE64_TEXT = re.compile(r"[A-Za-z0-9+/=\-_\s]*")
_BLANKS = re.compile(r"[ \t\r\n]+")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


@dataclass(frozen=True)
class _Run:
    """Plain text (charset None) or the octets of adjacent words of one charset."""

    charset: str | None
    text: str = ""
    octets: bytes = b""

    def read(self) -> str:
        return self.text if self.charset is None else decode(self.octets, self.charset)


def decode_words(value: str) -> str:
    """The readable header value; what is no valid word stays as it stands."""
    if "=?" not in value:
        return clean(_unfolded(value))
    return clean("".join(run.read() for run in _joined(_runs(value))))


def octets_of_base64(text: bytes) -> bytes:
    """Base64 with bad padding, foreign letters and pieces padded one by one (RFC 2045 6.8)."""
    return b"".join(_base64_piece(piece) for piece in text.split(b"=") if piece)


def _base64_piece(piece: bytes) -> bytes:
    letters = _NOT_BASE64.sub(b"", piece)
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def _unfolded(text: str) -> str:
    """One blank for every folding; runs without a line break stay as they are."""
    return _BLANKS.sub(lambda run: " " if run[0].strip(" \t") else run[0], text)


def _runs(value: str) -> Iterator[_Run]:
    """White space between two words belongs to the folding, not to the text (RFC 2047 6.2)."""
    at, after_word = 0, False
    while match := _START.search(value, at):
        gap = value[at : match.start()]
        end = value.find("?=", match.end())
        text, following = _word_text(value, match.end(), end)
        octets = _octets(text, match[2])
        if octets is None:
            yield _Run(None, _unfolded(value[at : match.end()]))
            at, after_word = match.end(), False
            continue
        if gap.strip() or (gap and not after_word):
            yield _Run(None, _unfolded(gap))
        yield _Run(match[1].lower(), octets=octets)
        at, after_word = following, True
    if value[at:].strip() or not after_word:
        yield _Run(None, _unfolded(value[at:]))


def _word_text(value: str, start: int, end: int) -> tuple[str, int]:
    """A word cut off without "?=" ends at the next white space."""
    if end >= 0:
        return value[start:end], end + 2
    text = value[start:].split(maxsplit=1)[0] if value[start:].strip() else ""
    return text, start + len(text)


def _octets(text: str, encoding: str) -> bytes | None:
    if encoding in "bB":
        plain = text.replace("-", "+").replace("_", "/").encode("ascii", "replace")
        return octets_of_base64(plain) if _BASE64_TEXT.fullmatch(text) else None
    text = _unfolded(text).replace("_", " ")
    # Eight-bit letters inside a word are illegal and common: quoted-printable leaves them alone.
    return quopri.decodestring(text.encode("utf-8", "replace"))


def _joined(runs: Iterator[_Run]) -> Iterator[_Run]:
    """A letter may be split between two words of one charset, so octets meet before decoding."""
    last: _Run | None = None
    pieces: list[bytes] = []
    for run in runs:
        if last is not None and last.charset is not None and run.charset == last.charset:
            pieces.append(run.octets)
            continue
        if last is not None:
            yield last if last.charset is None else _Run(last.charset, octets=b"".join(pieces))
        last, pieces = run, [run.octets]
    if last is not None:
        yield last if last.charset is None else _Run(last.charset, octets=b"".join(pieces))
