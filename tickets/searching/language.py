"""The language of the search, read into terms; pure, and never at a loss: nonsense is words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.text import clean_line, is_key

MAX_LENGTH = 300
MAX_WORDS = 12
MAX_TERMS = 12
PREFIX_FROM = 3

WORD = re.compile(r"[^\W_]+")
# -name:"some value", "a phrase", -word; a quotation mark left open ends with the text.
_PIECE = re.compile(
    r"""(?P<minus>-?)
        (?:(?P<name>[^\W\d_][\w-]*):(?=\S))?
        (?:"(?P<quoted>[^"]*)(?:"|$)|(?P<bare>\S+))""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Words:
    """Words side by side; more than one only when quoted or joined, as in E-17."""

    words: tuple[str, ...]
    is_phrase: bool = False
    is_negated: bool = False

    @property
    def query(self) -> str:
        """In PostgreSQL's notation; a last word that is long enough is also a beginning."""
        quoted = [f"'{word}'" for word in self.words]
        if not self.is_phrase:
            quoted = [
                f"{one}:*" if len(word) >= PREFIX_FROM else one
                for one, word in zip(quoted, self.words, strict=True)
            ]
        joined = (" <-> " if self.is_phrase else " & ").join(quoted)
        return f"!({joined})" if self.is_negated else joined

    @property
    def named(self) -> str:
        """All of them, as beginnings of what a customer is called: weight B of a document."""
        return " & ".join(f"'{word}':*B" for word in self.words)


@dataclass(frozen=True)
class Term:
    """An operator with its value; `typed` is what is searched instead when it means nothing."""

    name: str
    value: str
    typed: str
    is_negated: bool = False


@dataclass(frozen=True)
class Unknown:
    """A name before a colon that is no operator, and the one it may have meant."""

    name: str


@dataclass(frozen=True)
class Search:
    """What was typed."""

    text: str
    words: tuple[Words, ...] = ()
    terms: tuple[Term, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    @property
    def found_words(self) -> list[str]:
        """Words that results have, for marking them."""
        return [word for one in self.words if not one.is_negated for word in one.words]

    @property
    def is_plain(self) -> bool:
        """Nothing but words: names of people and articles can be looked up by them."""
        return bool(self.found_words) and not self.terms

    def words_query(self) -> str:
        """All words in PostgreSQL's notation, empty when there are none."""
        return " & ".join(one.query for one in self.words)


def parse(text: str, names: Mapping[str, str]) -> Search:
    """Read `text`; `names` maps what may stand before a colon to an operator."""
    line = clean_line(text, MAX_LENGTH)
    words: list[Words] = []
    terms: list[Term] = []
    unknown: list[Unknown] = []
    for piece in _PIECE.finditer(line):
        name = (piece["name"] or "").casefold()
        number = _number(piece)
        if number or name in names:
            terms.append(_term(piece, names.get(name, "number"), number))
            continue
        if name:
            unknown.append(Unknown(name))
        words.extend(_words(piece))
    return Search(line, _some(words), tuple(terms[:MAX_TERMS]), tuple(unknown[:MAX_TERMS]))


def plain_words(text: str) -> Words:
    """All words of `text`, quoted or not."""
    return Words(tuple(WORD.findall(text.lower())[:MAX_WORDS]))


def ticket_number(text: str) -> int | None:
    """The number when `text` is nothing but one: 4812 or #4812."""
    digits = text.strip().removeprefix("#")
    is_number = is_key(digits)
    return int(digits) if is_number else None


def _number(piece: re.Match[str]) -> str:
    """The digits of #4812; a bare number among words is a word."""
    bare = piece["bare"] or ""
    is_number = not piece["name"] and bare.startswith("#") and ticket_number(bare) is not None
    return bare[1:] if is_number else ""


def _term(piece: re.Match[str], name: str, number: str) -> Term:
    value = number or _value(piece)
    return Term(name, value.strip(), value, is_negated=bool(piece["minus"]))


def _value(piece: re.Match[str]) -> str:
    return piece["bare"] if piece["quoted"] is None else piece["quoted"]


def _words(piece: re.Match[str]) -> list[Words]:
    """Of a quotation one phrase; of anything else its words, each by itself."""
    is_negated, is_quoted = bool(piece["minus"]), piece["quoted"] is not None
    found = tuple(WORD.findall(f"{piece['name'] or ''} {_value(piece)}".lower()))
    if is_quoted and len(found) > 1:
        return [Words(found, is_phrase=True, is_negated=is_negated)]
    if is_negated:
        return [Words(found, is_negated=True)] if found else []
    return [Words((word,)) for word in found]


def _some(words: list[Words]) -> tuple[Words, ...]:
    """As many as MAX_WORDS words, whole phrases only."""
    kept, count = [], 0
    for one in words:
        count += len(one.words)
        if count > MAX_WORDS:
            break
        kept.append(one)
    return tuple(kept)
