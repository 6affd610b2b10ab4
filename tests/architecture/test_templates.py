"""Templates hold no code: a strict CSP would silently break it (screens 6.5, 6.8, 6.9)."""

import re

import pytest

from tests.architecture.tree import matching, shown

BANS = {
    "hx-on": re.compile(r"\bhx-on\b"),
    "js: value": re.compile(r"""["']\s*(?:js|javascript):""", re.IGNORECASE),
    "hx-trigger filter": re.compile(r"""hx-trigger\s*=\s*(["'])[^"']*\["""),
    "style attribute": re.compile(r"""\sstyle\s*=\s*["']"""),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "event attribute": re.compile(r"""\son[a-z]+\s*=\s*["']""", re.IGNORECASE),
    "inline script": re.compile(
        r"""<script(?![^>]*\b(?:src=|nonce=|type=["']application/json))""", re.IGNORECASE
    ),
    "|safe": re.compile(r"\|\s*safe(?:seq)?\b"),
    "autoescape off": re.compile(r"{%\s*autoescape\s+off"),
    "inherited htmx target": re.compile(r"hx-inherit\b"),
}


def offences(text: str) -> list[str]:
    return [name for name, ban in BANS.items() if ban.search(text)]


def test_templates_hold_no_code() -> None:
    found = [
        f"{shown(path)}: {name}"
        for path in matching(".html", ".svg", under="templates")
        for name in offences(path.read_text(encoding="utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("sample", "name"),
    [
        ('<p hx-on:click="x()">', "hx-on"),
        ("<div hx-vals='js:{a: 1}'>", "js: value"),
        ('<a href="javascript:void(0)">', "js: value"),
        ('<div hx-trigger="click[ctrlKey]">', "hx-trigger filter"),
        ('<p style="color:red">', "style attribute"),
        ("<style>p{}</style>", "style element"),
        ('<p onclick="x()">', "event attribute"),
        ("<script>x()</script>", "inline script"),
        ("{{ body|safe }}", "|safe"),
        ("{% autoescape off %}", "autoescape off"),
    ],
)
def test_bad_template_would_be_found(sample: str, name: str) -> None:
    assert name in offences(sample)


@pytest.mark.parametrize(
    "sample",
    [
        '<script src="/static/app.js" defer></script>',
        '<script type="application/json" id="commands">{}</script>',
        '<link rel="stylesheet" href="/theme.css">',
        '<input name="one" data-conversation="x">',
        '<div hx-trigger="hd:tick from:body">',
    ],
)
def test_good_template_passes(sample: str) -> None:
    assert offences(sample) == []
