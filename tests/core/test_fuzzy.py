"""How typed letters find titles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.fuzzy import fit


def best(query: str, *titles: str) -> list[str]:
    fits = {title: fit(query, title) for title in titles}
    found = [title for title in titles if fits[title] is not None]
    return sorted(found, key=lambda title: -fits[title])


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("prre", "Predefined replies"),
        ("sla", "SLA policies"),
        ("go q", "Go to the queue"),
        ("QUEUE", "Go to the queue"),
        ("rul test", "Test rules"),
        ("pol", "SLA policies"),
    ],
)
def test_the_likeliest_title_comes_first(query: str, first: str):
    titles = ("Priorities", "Predefined replies", "SLA policies", "Go to the queue", "Test rules")
    assert best(query, *titles)[0] == first


def test_every_letter_must_be_there_in_its_order():
    assert fit("sevrices", "Services") is None
    assert fit("services x", "Services") is None


def test_beginnings_of_words_are_worth_more_than_letters_within():
    assert best("st", "Rest of it", "Snooze ticket")[0] == "Snooze ticket"


def test_of_equal_fits_the_shorter_title_wins():
    assert best("tasks", "Tasks of the team", "Tasks") == ["Tasks", "Tasks of the team"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_it_never_fails_and_a_title_fits_itself(query: str, title: str):
    fit(query, title)
    assert title.split() == [] or fit(" ".join(title.split())[:60], title) is not None
