"""A header block read from raw bytes: tolerant unfolding, decoded values, nothing ever raised."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from mailpipe.parsing.charsets import decode
from mailpipe.parsing.parameters import Parameterised, parse_parameterised
from mailpipe.parsing.words import decode_words

FIELDS_LIMIT = 1000
VALUE_LIMIT = 64 * 1024
# Longer than a decoded value: of a flood of References the newest, last ones are wanted.
RAW_LIMIT = 1024 * 1024
# Two lines without a colon may be a badly folded value; more than that is the body already.
_BROKEN_FOLDS = 2
_FIELD = re.compile(rb"([\x21-\x39\x3b-\x7e]{1,200})[ \t]*:[ \t]*")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class Headers:
    """The fields in their order: lower-case name and unfolded raw value."""

    fields: tuple[tuple[str, bytes], ...] = ()
    fallback_charset: str | None = None

    def raw(self, name: str) -> str:
        """The first value of that name, undecoded words, eight-bit letters read; "" if absent."""
        return next(iter(self.raw_all(name)), "")

    def raw_all(self, name: str) -> list[str]:
        return [self._text(value) for found, value in self.fields if found == name]

    def get(self, name: str) -> str:
        return self.decoded.get(name, [""])[0]

    @cached_property
    def decoded(self) -> dict[str, list[str]]:
        """Every field by lower-case name, with encoded words read and folding undone."""
        found: dict[str, list[str]] = {}
        for name, value in self.fields:
            text = decode_words(self._text(value[:VALUE_LIMIT]))
            found.setdefault(name, []).append(_SPACE.sub(" ", text).strip())
        return found

    @cached_property
    def content_type(self) -> Parameterised:
        return parse_parameterised(self.raw("content-type"))

    @cached_property
    def disposition(self) -> Parameterised:
        return parse_parameterised(self.raw("content-disposition"))

    def _text(self, value: bytes) -> str:
        return decode(value, self.fallback_charset)


def parse_headers(block: bytes) -> Headers:
    """The fields of a block that ends before its blank line."""
    fields: list[tuple[str, list[bytes]]] = []
    for line in block.splitlines():
        match = _FIELD.match(line)
        if match:
            if len(fields) == FIELDS_LIMIT:
                break
            fields.append((match[1].decode("ascii").lower(), [line[match.end() :].strip()]))
        elif fields and line.strip():
            fields[-1][1].append(line.strip())
    return Headers(tuple((name, b"\n ".join(lines)[-RAW_LIMIT:]) for name, lines in fields))


def end_of_headers(lines: Iterator[tuple[int, bytes]]) -> int | None:
    """Where the body begins: after the first blank line, or at the first line that is no field.

    `lines` gives the offset behind each line and the line itself. A badly folded line is bridged
    when a field follows it, since mailers forget the leading blank of continuation lines.
    """
    doubtful, start_of_doubt, seen, behind = 0, 0, False, 0
    for following, line in lines:
        if not line.strip(b"\r\n"):
            return start_of_doubt if doubtful else following
        if line.startswith((b" ", b"\t")) or _FIELD.match(line):
            doubtful, seen = 0, True
        elif doubtful == _BROKEN_FOLDS or not seen:
            return start_of_doubt if doubtful else behind
        else:
            start_of_doubt = start_of_doubt if doubtful else behind
            doubtful += 1
        behind = following
    return start_of_doubt if doubtful else None
