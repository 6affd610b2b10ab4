"""Hygiene of text from outside: no NUL, no control or direction-changing characters."""

from __future__ import annotations

import re
import unicodedata

# PostgreSQL refuses NUL; C0/C1 controls break headers and terminals.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Overrides, embeddings and isolates make "gpj.exe" look like "exe.jpg".
_BIDI = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SPACE = re.compile(r"\s+")
KEY_DIGITS = 18  # what PostgreSQL takes for a bigint, whatever the digits
_BREAK = re.compile(r"\r\n|\r|\u2028|\u2029|\x85")


def clean_text(text: str) -> str:
    """Text of many lines: newlines and tabs stay, controls and lone surrogates go."""
    return _SURROGATE.sub("\ufffd", _CONTROL.sub("", _BREAK.sub("\n", text)))


def clean_line(text: str, limit: int = 255) -> str:
    """One line, without controls and direction changes, single spaces, at most `limit` long."""
    line = _SPACE.sub(" ", _BIDI.sub("", clean_text(text))).strip()
    return unicodedata.normalize("NFC", line)[:limit].strip()


def excerpt(text: str, limit: int = 160) -> str:
    """The beginning of `text` as one line, cut at a word and marked with an ellipsis."""
    line = clean_line(text[: limit * 8], limit + 1)
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > limit // 2 else head).rstrip(" ,.;:-") + "…"


def is_key(text: str) -> bool:
    """Whether `text` could be the number of a row: endless digits are refused before `int()` is."""
    return text.isascii() and text.isdigit() and len(text) <= KEY_DIGITS
