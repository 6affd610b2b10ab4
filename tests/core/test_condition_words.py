"""Words in texts: whole, whatever case, accents and apostrophes, in linear time."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conditions.words import MAX_PLACES, Phrases, contains_word, folded_text

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
        ("øre", "ORE", "ORE"),
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
    best = min(_seconds(phrases, text) for _attempt in range(5))
    assert best < seconds, f"{best:.3f} s"


def _seconds(phrases: Phrases, text: str) -> float:
    # Of this process: a busy machine is not a slow search.
    before = time.process_time()
    phrases.search(text)
    return time.process_time() - before
