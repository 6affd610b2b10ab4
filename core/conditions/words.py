"""Whole words and phrases in texts, whatever their case, accents and apostrophes."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import Final, NamedTuple

# A page that marks words needs no more; a flood of them costs no memory.
MAX_PLACES: Final = 100

# Scripts without spaces: each character is a word of its own, so a phrase is found inside a run.
_ALONE: Final = r"\u0e00-\u0eff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTER: Final = rf"[^\W_{_ALONE}]"
_QUOTES: Final = frozenset("'’ʼ＇")
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
_PARTS: Final = re.compile(f"({_TOKEN.pattern})")
# Letters whose stroke is no combining mark.
_STROKES: Final = str.maketrans("øłđħŧı", "oldhti")

Words = tuple[str, ...]


class Found(NamedTuple):
    """A phrase as it was asked for, and where it stands in the original text."""

    start: int
    end: int
    phrase: str


class Phrases:
    """Plain phrases side by side; a text is read once, however many they are.

    The words of the text walk through a trie of the phrases' words: no phrase hides another, and
    nothing anybody wrote becomes a pattern (X-44).
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        self._root = _Node()
        for phrase in phrases:
            if words := words_of(phrase):
                self._root.grow(words).phrases.append(phrase)

    @classmethod
    @lru_cache(maxsize=512)
    def of(cls, phrases: tuple[str, ...]) -> Phrases:
        """These phrases, made ready once in a process."""
        return cls(phrases)

    def search(self, text: str) -> list[Found]:
        """The places of every phrase, in the order of the text; the first hundred of each."""
        if not self._root.following:
            return []
        folded = folded_text(text)
        bare = _SILENT.sub("", folded)
        found = sorted(self._found(bare))
        return found if len(bare) == len(folded) or not found else _moved_back(found, folded)

    def _found(self, text: str) -> Iterator[Found]:
        spoken = _Spoken(text)
        firsts, seen = self._root.firsts, Counter[str]()
        if firsts.isdisjoint(spoken.words):
            return
        starts, ends = spoken.places()
        for number in [number for number, word in enumerate(spoken.words) if word in firsts]:
            for behind, phrase in self._root.ends(spoken, number):
                seen[phrase] += 1
                if seen[phrase] <= MAX_PLACES:
                    yield Found(starts[number], ends[behind - 1], phrase)


class _Spoken:
    """The words of a text with what stands between them."""

    def __init__(self, text: str) -> None:
        # Between, word, between, word, ..., between: one walk of the regex engine.
        self._parts = _PARTS.split(text)
        self.words = _compared(self._parts[1::2])

    def places(self) -> tuple[list[int], list[int]]:
        """Where each word starts and ends."""
        bounds = list(accumulate(map(len, self._parts)))
        return bounds[0::2], bounds[1::2]

    def joined(self, number: int) -> Iterator[tuple[int, str]]:
        """What a phrase may mean by one word: "l'user's" is l, luser and lusers.

        Yields the number of the word behind, and the letters.
        """
        words = self.words
        first = letters = words[number]
        yield number + 1, letters
        if not self._is_tied(number):
            return
        is_elided = bool(_ELIDED.fullmatch(first))
        if is_elided or words[number + 1] == "s":
            letters += words[number + 1]
            yield number + 2, letters
        if is_elided and self._is_tied(number + 1) and words[number + 2] == "s":
            yield number + 3, letters + "s"

    def _is_tied(self, number: int) -> bool:
        """Whether one apostrophe and nothing else parts the word from the next."""
        between: str = self._parts[2 * number + 2]
        return between in _QUOTES and number + 1 < len(self.words)


class _Node:
    """A place in the trie: the phrases that end here, and the words that may follow."""

    __slots__ = ("firsts", "following", "phrases")

    def __init__(self) -> None:
        self.phrases: list[str] = []
        self.following: dict[str, _Node] = {}
        # The words of a text at which it is worth to look for one of those that follow.
        self.firsts: set[str] = set()

    def grow(self, words: Words) -> _Node:
        """The node at which these words end."""
        node = self
        for word in words:
            node.firsts |= _beginnings(word)
            node = node.following.setdefault(word, _Node())
        return node

    def ends(self, spoken: _Spoken, number: int) -> Iterator[tuple[int, str]]:
        """The phrases that stand in the text from this word on, and the word behind each."""
        for behind, letters in spoken.joined(number):
            if node := self.following.get(letters):
                for phrase in node.phrases:
                    yield behind, phrase
                if node.following and behind < len(spoken.words):
                    yield from node.ends(spoken, behind)


def contains_word(text: str) -> bool:
    """Whether there is anything in `text` that could be looked for."""
    return bool(words_of(text))


def words_of(phrase: str) -> Words:
    """The words of a phrase as they are compared: "Can't log in" is cant, log, in."""
    bare = _SILENT.sub("", folded_text(phrase))
    return tuple(_compared(_TOKEN.findall(_ANY_QUOTE.sub("", bare))))


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


def _compared(words: list[str]) -> list[str]:
    """ "Straße" is "strasse", whoever writes it."""
    return [word.replace("ß", "ss") if "ß" in word else word for word in words]


def _beginnings(word: str) -> set[str]:
    """The word, and what stands before an apostrophe in it."""
    parts = {word, word.removesuffix("s")}
    if elided := _ELIDED.match(word):
        parts.add(elided[0])
    return parts
