"""Markdown to safe HTML: rendered first, sanitised after (X-33)."""

from __future__ import annotations

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from core.sanitiser import linkify, sanitise

MAX_LENGTH = 100_000

_renderer = MarkdownIt(
    "commonmark", {"html": False, "linkify": True, "breaks": True, "maxNesting": 20}
).enable(["linkify", "table", "strikethrough"])


def render_markdown(text: str) -> SafeString:
    """`text` as safe HTML; a text longer than anybody writes is shown as plain paragraphs."""
    if len(text) > MAX_LENGTH:
        return linkify(text)
    return mark_safe(sanitise(_renderer.render(text)))  # noqa: S308 - sanitised in the same breath
