"""How well a title fits what somebody typed in a hurry: letters in order, word beginnings first."""

from __future__ import annotations

from typing import Final

START, NEXT, WITHIN = 8, 4, 1
MAX_QUERY: Final = 60


def fit(query: str, title: str) -> int | None:
    """How well `title` answers `query`, higher is better; None when a letter is missing.

    Every word of the query must be found, each as letters in their order: "prre" finds
    "Predefined replies". A letter at the start of a word counts most, one beside its neighbour more
    than one further on; of equal fits the shorter title wins.
    """
    scores = [_word_fit(word, title.casefold()) for word in query.casefold()[:MAX_QUERY].split()]
    found = [score for score in scores if score is not None]
    if len(found) < len(scores):
        return None
    return sum(found) * 100 - len(title)


def _word_fit(word: str, title: str) -> int | None:
    """The best of the fits that begin at each place of the first letter."""
    places = [at for at, letter in enumerate(title) if letter == word[0]]
    return max(
        (score for at in places if (score := _fit_from(word, title, at)) is not None), default=None
    )


def _fit_from(word: str, title: str, at: int) -> int | None:
    score, last = 0, at - 2
    for letter in word:
        at = _place(letter, title, at)
        if at < 0:
            return None
        score += _worth(title, at, last)
        last, at = at, at + 1
    return score


def _place(letter: str, title: str, at: int) -> int:
    """The neighbour if it fits, else the next start of a word, else the next place at all."""
    if title.startswith(letter, at):
        return at
    begins = title.find(f" {letter}", at)
    return begins + 1 if begins >= 0 else title.find(letter, at)


def _worth(title: str, at: int, last: int) -> int:
    if at == 0 or not title[at - 1].isalnum():
        return START
    return NEXT if at == last + 1 else WITHIN
