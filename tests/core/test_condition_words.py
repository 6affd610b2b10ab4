"""Words in texts: whole, whatever case, accents and apostrophes, in linear time."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conditions import words as language
from core.conditions.words import MAX_PLACES, Phrases, contains_word, folded_text
from tests.pace import takes_at_most

MEGABYTE = 1_000_000


def found(text: str, *phrases: str) -> list[tuple[str, str]]:
    return [(one.phrase, text[one.start : one.end]) for one in Phrases.of(phrases).search(text)]


@pytest.mark.parametrize(
    ("phrase", "text", "there"),
    [
        ("down", "It is DOWN.", "DOWN"),
        ("down", "download", ""),
        ("down", "shutdown", ""),
        ("down", "(down)", "down"),
        ("down", "break_down", "down"),
        ("e-17", "Error E-17!", "E-17"),
        ("17", "E17", ""),
        ("cant access", "I can't access it", "can't access"),
        ("cant access", "I CAN’T\n  access it", "CAN’T\n  access"),
        ("can't access", "cant access", "cant access"),
        ("can", "I can't", ""),
        ("won", "won't", ""),
        ("don", "don’t", ""),
        ("server", "The server's on fire", "server"),
        ("whats", "what's up", "what's"),
        ("users", "'users'", "users"),
        ("accès", "l'accès", "accès"),
        ("l'acces", "L’ACCÈS", "L’ACCÈS"),
        ("acces", "accès refusé", "accès"),
        ("naïve", "naive", "naive"),
        ("café", "un cafe\u0301 noir", "cafe\u0301"),
        ("cafe", "CAFÉ", "CAFÉ"),
        ("strasse", "Hauptstr. Straße", "Straße"),
        ("straße", "STRASSE", "STRASSE"),
        ("groß", "zu GROSS", "GROSS"),
        ("gross", "zu groß", "groß"),
        ("øre", "ORE", "ORE"),
        ("lusers", "l'user's", "l'user's"),
        ("user", "l'user's", "user"),
        ("не работает", "Сервер НЕ  РАБОТАЕТ", "НЕ  РАБОТАЕТ"),
        ("σφάλμα", "ΣΦΑΛΜΑ", "ΣΦΑΛΜΑ"),
        ("退款", "我要退款。", "退款"),
        ("退款", "退 出", ""),
        ("ｄｏｗｎ", "down", "down"),
        ("not working", "not-working", "not-working"),
        ("not working", "not really working", ""),
        ("C++", "C++ fails", "C"),
        ("a.*", "ab", ""),
        ("(a|b)+", "a b", "a b"),
    ],
)
def test_what_is_found(phrase: str, text: str, there: str) -> None:
    assert found(text, phrase) == ([(phrase, there)] if there else [])


def test_phrases_may_overlap_and_contain_each_other() -> None:
    text = "can't access denied error message"
    asked = ("access denied", "cant access", "error", "error message", "Error")
    assert found(text, *asked) == [
        ("cant access", "can't access"),
        ("access denied", "access denied"),
        ("Error", "error"),
        ("error", "error"),
        ("error message", "error message"),
    ]


def test_positions_are_those_of_the_original_after_silent_letters() -> None:
    text = "can't can't e\u0301te\u0301 down cafe\u0301"
    assert found(text, "down", "cafe") == [("down", "down"), ("cafe", "cafe\u0301")]


def test_a_word_is_marked_a_hundred_times_at_most() -> None:
    text = "down " * 500 + "outage"
    places = found(text, "down", "outage")
    assert len(places) == MAX_PLACES + 1
    assert ("outage", "outage") in places


def test_no_phrase_hides_another() -> None:
    text = "The server's down: it's the server"
    apart = [*found(text, "server"), *found(text, "servers")]
    assert sorted(found(text, "server", "servers")) == sorted(apart)
    assert [there for _phrase, there in found(text, "it", "its")] == ["it", "it's"]


LETTERS = st.sampled_from("aàsßlqud1'’. _退สİ\u0301-")
TEXTS = st.text(LETTERS, max_size=40)
PHRASES = st.text(LETTERS, min_size=1, max_size=7)


@given(TEXTS, st.lists(PHRASES, min_size=1, max_size=12, unique=True))
def test_many_phrases_find_what_each_finds_alone(text: str, phrases: list[str]) -> None:
    alone = [one for phrase in phrases for one in Phrases([phrase]).search(text)]
    assert Phrases(phrases).search(text) == sorted(alone)


@given(TEXTS, PHRASES)
def test_a_phrase_is_found_where_its_pattern_says(text: str, phrase: str) -> None:
    bare = language._SILENT.sub("", folded_text(text)).replace("ß", "ss")
    words = language.words_of(phrase)
    expected = len(re.findall(f"(?={pattern(words)})", bare)) if words else 0
    assert len(Phrases([phrase]).search(text)) == expected


def pattern(words: tuple[str, ...]) -> str:
    """The language as a regular expression: slow, and plainly what is meant."""
    letter = language._LETTER
    text = ""
    for before, word in pairwise(("", *words)):
        is_run = not before or re.match(letter, before) is None or re.match(letter, word) is None
        text += ("[\\W_]*" if is_run else "[\\W_]+") if before else ""
        text += lettered(word)
    first = rf"(?<!{letter})" if re.match(letter, words[0]) else ""
    return first + text + (rf"(?!{letter})" if re.match(letter, words[-1]) else "")


def lettered(word: str) -> str:
    """ "its" is "it's" too, and "lacces" is "l'accès"."""
    elided = re.match(r"(qu|[cdjlmnst])(?=.)", word)
    head, tail = (elided[0] + "['’]?", word[elided.end() :]) if elided else ("", word)
    is_genitive = tail.endswith("s") and (len(tail) > 1)
    return head + (tail[:-1] + "['’]?s" if is_genitive else tail)


@pytest.mark.parametrize(
    ("text", "has_word"), [("a", True), ("¡!", False), ("_", False), ("退", True)]
)
def test_what_could_be_looked_for(text: str, *, has_word: bool) -> None:
    assert contains_word(text) is has_word


@given(st.text())
def test_folding_moves_no_letter(text: str) -> None:
    assert len(folded_text(text)) == len(text)


@given(st.text(), st.text(min_size=1, max_size=12))
def test_no_text_and_no_phrase_does_harm(text: str, phrase: str) -> None:
    for one in Phrases([phrase]).search(text):
        assert 0 <= one.start < one.end <= len(text)


@given(st.lists(st.sampled_from(["down", "can't", "é", "Straße", "退款"]), min_size=1, max_size=4))
def test_a_phrase_is_found_in_itself(words: list[str]) -> None:
    phrase = " ".join(words)
    assert Phrases([phrase]).search(f"so {phrase}!")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("the server is slow and I can access it. " * 25_000, 0.2),
        ("a" * MEGABYTE, 0.2),
        ("down " * (MEGABYTE // 5), 0.5),
        ("cant" + " " * MEGABYTE, 0.5),
        ("cant" + "'" * MEGABYTE, 0.5),
        ("a\u0301" * (MEGABYTE // 2), 0.5),
    ],
    ids=["prose", "one word", "hits", "spaces", "quotes", "marks"],
)
def test_a_megabyte_takes_no_time(text: str, seconds: float) -> None:
    phrases = Phrases(["down", "cant access", "not working", "error message", "outage", "slow"])
    takes_at_most(seconds, lambda: phrases.search(text))
