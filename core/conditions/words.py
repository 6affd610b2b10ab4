"""Whole words and phrases in texts, whatever their case, accents and apostrophes."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final, NamedTuple

# A page that marks words needs no more; a flood of them costs no memory.
MAX_PLACES: Final = 100

# Scripts without spaces: each character is a word of its own, so a phrase is found inside a run.
_ALONE: Final = r"\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTER: Final = rf"[^\W_{_ALONE}]"
_QUOTE: Final = "['’ʼ＇]"
_MARK: Final = r"[\u0300-\u036f]"
# Apostrophes inside a word are silent, and so are combining marks. "l'accès" stays two words,
# and "server's" names the server.
_SILENT: Final = re.compile(
    rf"{_MARK}|{_QUOTE}(?<=[^\W_]{_QUOTE})(?<!\b[cdjlmnst]{_QUOTE})(?<!\bqu{_QUOTE})(?=[^\W_])"
    rf"(?!s(?!{_LETTER}|{_QUOTE}))"
)
_ANY_QUOTE: Final = re.compile(_QUOTE)
_ELIDED: Final = re.compile(r"qu|[cdjlmnst]")
_TOKEN: Final = re.compile(rf"[{_ALONE}]|{_LETTER}+")
_SINGLE: Final = re.compile(rf"[{_ALONE}]")
# Quantifiers are possessive, so that no text makes a search go back: it stays linear.
_BETWEEN: Final = r"[\W_]++"
_BESIDE: Final = r"[\W_]*+"
# Letters whose stroke is no combining mark.
_STROKES: Final = str.maketrans("øłđħŧı", "oldhti")


class Found(NamedTuple):
    """A phrase as it was asked for, and where it stands in the original text."""

    start: int
    end: int
    phrase: str


class Phrases:
    """Plain phrases compiled into one alternation; a text is read once."""

    def __init__(self, phrases: Iterable[str]) -> None:
        by_words: dict[tuple[str, ...], list[str]] = {}
        for phrase in phrases:
            by_words.setdefault(words_of(phrase), []).append(phrase)
        by_words.pop((), None)
        # The longest first: where it stands, those it begins with stand too.
        self._order = sorted(by_words, key=lambda words: (words[0][0], -len(" ".join(words))))
        self._meant = by_words
        self._begins = {words: self._beginnings(words) for words in self._order}
        self._pattern = _compiled(self._order)

    @classmethod
    @lru_cache(maxsize=512)
    def of(cls, phrases: tuple[str, ...]) -> Phrases:
        """The alternation of these phrases, compiled once in a process."""
        return cls(phrases)

    def search(self, text: str) -> list[Found]:
        """The places of every phrase, in the order of the text; the first hundred of each."""
        if not self._order:
            return []
        folded = folded_text(text)
        bare = _SILENT.sub("", folded)
        found = sorted(self._found(bare))
        return found if len(bare) == len(folded) or not found else _moved_back(found, folded)

    def _found(self, text: str) -> Iterator[Found]:
        seen = [0] * (len(self._order) + 1)
        for match in self._pattern.finditer(text):
            start, number = match.start(), match.lastindex or 1
            seen[number] += 1
            if seen[number] > MAX_PLACES:
                continue
            words = self._order[number - 1]
            yield from self._named(words, start, match.end(number))
            for shorter in self._begins[words]:
                if inside := _single(shorter).match(text, start):
                    yield from self._named(shorter, start, inside.end())

    def _named(self, words: tuple[str, ...], start: int, end: int) -> Iterator[Found]:
        """The place under each spelling it was asked for."""
        return (Found(start, end, phrase) for phrase in self._meant[words])

    def _beginnings(self, words: tuple[str, ...]) -> list[tuple[str, ...]]:
        return [
            others for others in self._order if others != words and words[: len(others)] == others
        ]


def contains_word(text: str) -> bool:
    """Whether there is anything in `text` that could be looked for."""
    return bool(words_of(text))


def words_of(phrase: str) -> tuple[str, ...]:
    """The words of a phrase as they are compared: "Can't log in" is cant, log, in."""
    bare = _SILENT.sub("", folded_text(phrase)).replace("ß", "ss")
    return tuple(_TOKEN.findall(_ANY_QUOTE.sub("", bare)))


def folded_text(text: str) -> str:
    """Lower case without accents, each letter in its old place, so that positions stay true."""
    return text.lower() if text.isascii() else text.translate(_LETTERS)


class _Folding(dict[int, str]):
    """One letter for one letter; each is looked up once in a process."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        apart = unicodedata.normalize("NFKD", letter.casefold())
        bare = "".join(part for part in apart if not unicodedata.combining(part))
        plain = bare.casefold().translate(_STROKES)
        lower = letter.lower()
        kept = plain if len(plain) == 1 else lower if len(lower) == 1 else letter
        return self.setdefault(code, kept)


_LETTERS: Final = _Folding()


def _moved_back(found: list[Found], folded: str) -> list[Found]:
    """Places in the bare text as places in the original."""
    cuts = [match.start() for match in _SILENT.finditer(folded)]
    # The n-th silent letter stood n letters further right than its place in the bare text.
    places = [cut - number for number, cut in enumerate(cuts)]
    return [
        Found(start + bisect_right(places, start), end + bisect_right(places, end), phrase)
        for start, end, phrase in found
    ]


def _compiled(order: list[tuple[str, ...]]) -> re.Pattern[str]:
    """Alternatives under their first letter, so that most places are passed at a glance.

    Only that letter is taken, the rest is looked at: phrases may overlap.
    """
    under: dict[str, list[str]] = {}
    for words in order:
        under.setdefault(words[0][0], []).append(f"({_pattern(words)})")
    branches = [f"{re.escape(first)}(?={'|'.join(under[first])})" for first in under]
    spaced = [branch for branch, first in zip(branches, under, strict=True) if _is_letter(first)]
    alone = [branch for branch in branches if branch not in spaced]
    return _alternation([f"(?<!{_LETTER})(?:{'|'.join(spaced)})"] * bool(spaced) + alone)


def _alternation(branches: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(branches))


@lru_cache(maxsize=1024)
def _single(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(re.escape(words[0][0]) + _pattern(words))


def _pattern(words: tuple[str, ...]) -> str:
    """A phrase after its first letter."""
    pattern = _word(words[0])[len(re.escape(words[0][0])) :]
    for before, word in pairwise(words):
        is_run = not (_is_letter(before) and _is_letter(word))
        pattern += (_BESIDE if is_run else _BETWEEN) + _word(word)
    return pattern + f"(?!{_LETTER})" if _is_letter(words[-1]) else pattern


def _is_letter(word: str) -> bool:
    return not _SINGLE.match(word)


def _word(word: str) -> str:
    """The letters of a word; "its" is "it's" too, "strasse" is "straße" too."""
    head, tail = word[:1], word[1:]
    if tail and (elided := _ELIDED.match(word)):
        head, tail = elided[0], word[elided.end() :]
        head += f"{_QUOTE}?+" * bool(tail)
    if tail.endswith("s") or (not tail and len(word) > 1 and word.endswith("s")):
        tail = f"{re.escape(tail[:-1])}{_QUOTE}?+s"
    else:
        tail = re.escape(tail)
    return (head + tail).replace("ss", "(?:ss|ß)")
