"""The language of the search: read without ever failing, meant as the reader means it."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from tickets.searching.language import MAX_WORDS, Term, Unknown, Words, parse
from tickets.searching.operators import day_of, operator_names
from tickets.searching.passages import marked

NAMES = {"status": "status", "from": "from", "has": "has"}
TODAY = date(2026, 3, 29)


def test_words_phrases_and_what_must_not_be_there():
    search = parse('Espresso "line down" -grinder -"steam wand"', NAMES)
    assert search.words == (
        Words(("espresso",)),
        Words(("line", "down"), is_phrase=True),
        Words(("grinder",), is_negated=True),
        Words(("steam", "wand"), is_phrase=True, is_negated=True),
    )
    assert search.found_words == ["espresso", "line", "down"]
    assert search.words_query() == (
        "'espresso':* & 'line' <-> 'down' & !('grinder':*) & !('steam' <-> 'wand')"
    )


def test_operators_with_quoted_values_and_negated():
    search = parse('status:"Waiting for parts" -from:cleo@harbour.example valve', NAMES)
    assert search.terms == (
        Term("status", "Waiting for parts", "Waiting for parts"),
        Term("from", "cleo@harbour.example", "cleo@harbour.example", is_negated=True),
    )
    assert search.words == (Words(("valve",)),)


def test_number_with_its_mark_is_a_term_and_a_bare_one_a_word():
    assert parse("#4812 valve", NAMES).terms == (Term("number", "4812", "4812"),)
    assert parse("4812 valve", NAMES).words[0] == Words(("4812",))


def test_unknown_names_are_words():
    search = parse("statsu:open http://example.org 12:30", NAMES)
    assert search.unknown == (Unknown("statsu"), Unknown("http"))
    assert search.found_words == ["statsu", "open", "http", "example", "org", "12", "30"]


def test_operator_without_a_value_is_a_word():
    assert parse("status: open", NAMES).found_words == ["status", "open"]


def test_names_are_understood_in_the_reader_s_language_and_in_english():
    with translation.override("de"):
        names = operator_names()
    assert names["status"] == "status"
    assert set(names.values()) >= {"from", "assignee", "before"}


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("today", date(2026, 3, 29)),
        ("Yesterday", date(2026, 3, 28)),
        ("7d", date(2026, 3, 22)),
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-02-30", None),
        ("99999d", date(1752, 6, 14)),
        ("soon", None),
        ("²d", None),
    ],
)
def test_days(value, day):
    assert day_of(value, TODAY) == day


@given(st.text(max_size=400))
def test_nothing_typed_breaks_it(text):
    search = parse(text, NAMES)
    assert len(search.found_words) <= MAX_WORDS
    for word in search.found_words:
        assert word.isalnum()


@given(st.lists(st.sampled_from(['"', "-", ":", "status", "#", "1", " ", "\\", "'", "é", "&"])))
def test_query_holds_quoted_words_only(pieces):
    query = parse("".join(pieces), NAMES).words_query()
    outside = "".join(query.split("'")[::2])
    assert set(outside) <= set(" &!()<->:*")


@given(st.text(max_size=300), st.sampled_from(["b", "mark", "quot", "amp", "é"]))
def test_passage_shows_nothing_of_the_message_as_markup(text, word):
    shown = marked(text, [word]).replace("<mark>", "").replace("</mark>", "")
    assert "<" not in shown
    assert ">" not in shown


def test_passage_is_cut_around_the_first_word_and_marks_each():
    text = "x " * 200 + "the Hopper cracked, hoppers do" + " y" * 200
    assert marked(text, ["hopper"]).count("<mark>") == 2
    assert marked(text, ["hopper"]).startswith("…")
    assert "<mark>" not in marked("chopper", ["hopper"])
