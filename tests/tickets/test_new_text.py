"""What a message says itself, and the words found in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.conditions import matches
from tickets.new_text import new_text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The line is down", "The line is down"),
        ("Down\n-- \nUrgent Care Clinic\n+1 555", "Down"),
        ("Down\n--\nUrgent Care Clinic", "Down"),
        ("Down\n\nKind regards,\nAnn\nUrgent Care Clinic", "Down"),
        ("Es steht\nMit freundlichen Grüßen\nAnn", "Es steht"),
        ("> urgent\n> down\nThanks, it works", "Thanks, it works"),
        ("Hello\n  > urgent\nfine", "Hello\nfine"),
        ("Best regards to Ann, it is urgent", "Best regards to Ann, it is urgent"),
        ("Thanks,\nthe server is down", "Thanks,\nthe server is down"),
        ("---\nurgent", "---\nurgent"),
        ("Regards\n" + "more\n" * 20, "Regards\n" + "more\n" * 19 + "more"),
        ("", ""),
    ],
)
def test_quotes_and_signatures_are_not_said(text: str, said: str) -> None:
    assert new_text(text) == said


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("down", "The download works"),
        ("issue", "The card was issued"),
        ("urgent", "A question\n\n-- \nAnn\nUrgent care clinic"),
        ("urgent", "A question\n\nBest regards\nAnn\nUrgent care clinic"),
        ("charge", "My charger arrived"),
        ("new", "What is the news"),
    ],
)
def test_near_misses(word: str, text: str) -> None:
    tree = {"field": "body", "op": "contains_any", "value": [word]}
    assert not matches(tree, {"body": new_text(text)})
    assert matches(tree, {"body": new_text(f"It is {word}.\n{text}")})


@given(st.text())
def test_nothing_is_made_up(text: str) -> None:
    lines = [line.strip() for line in text.splitlines()]
    assert all(line.strip() in lines for line in new_text(text).splitlines())
