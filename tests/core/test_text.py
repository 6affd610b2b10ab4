"""Hygiene of text (X-07, X-12, X-32)."""

from __future__ import annotations

from core.text import clean_line, clean_text, excerpt


def test_controls_go_and_lines_stay() -> None:
    assert clean_text("a\x00b\r\nc\td\x1b[31m\x85e") == "ab\nc\td[31m\ne"


def test_a_line_has_no_breaks_and_no_direction_changes() -> None:
    assert clean_line("  Re:\r\n Bcc: x \u202egpj.exe\u2066 ") == "Re: Bcc: x gpj.exe"


def test_a_line_is_cut() -> None:
    assert clean_line("ä" * 300, 10) == "ä" * 10


def test_a_lone_surrogate_cannot_reach_the_database() -> None:
    clean_text("a\ud800b").encode()


def test_an_excerpt_ends_at_a_word() -> None:
    assert excerpt("one two three four", 12) == "one two…"
    assert excerpt("short") == "short"
    assert len(excerpt("x" * 1_000)) == 160
