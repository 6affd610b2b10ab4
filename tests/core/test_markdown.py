"""Markdown: rendered, then sanitised (X-33)."""

from __future__ import annotations

import pytest

from core.markdown import render_markdown
from tests.core.test_sanitiser import PAYLOADS, judge


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_markdown_is_text(payload: str) -> None:
    judge(render_markdown(payload))


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](java\nscript:alert(1))",
        "[x](<java\tscript:alert(1)>)",
        "[x](&#106;avascript:alert(1))",
        "[x]: javascript:alert(1)\n\n[x]",
        "![x](javascript:alert(1))",
        "<javascript:alert(1)>",
        "[x](data:text/html,<script>)",
        "[x](vbscript:a)",
        '[a](https://ok.example/"onclick="alert(1))',
    ],
)
def test_links_with_odd_schemes_lead_nowhere(text: str) -> None:
    judge(render_markdown(text))


def test_ordinary_markdown_renders() -> None:
    html = render_markdown("# Hi\n\n- one\n- **two**\n\nline\nbreak https://a.example ~~no~~")
    assert "<h1>Hi</h1>" in html
    assert "<strong>two</strong>" in html
    assert "<br>" in html
    assert 'href="https://a.example"' in html
    assert "<s>no</s>" in html


def test_a_remote_image_loads_nothing() -> None:
    assert "<img" not in render_markdown("![chart](https://t.example/a.png)")


def test_an_endless_text_is_shown_plainly() -> None:
    assert render_markdown("*a* " * 60_000).startswith("<p>*a*")
