"""One condition of a run in words: what it asked, what it saw, how it came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from core.conditions import LeafTrace, describe, fields
from core.conditions.words import Found

_AROUND: Final = 40
_SHOWN_WORDS: Final = 5
_SHOWN_TEXT: Final = 120


@dataclass(frozen=True)
class Piece:
    """A part of a text; found words are marked."""

    text: str
    is_found: bool = False


@dataclass(frozen=True)
class LeafView:
    """One condition with its verdict."""

    question: str
    seen: list[Piece]
    is_true: bool
    is_missing: bool


def leaf_view(leaf: LeafTrace, facts: Mapping[str, Any]) -> LeafView:
    """The condition as the run had it; words stand marked in what is kept of their text."""
    tree = {"field": leaf.field, "op": leaf.op}
    if leaf.value is not None:
        tree["value"] = leaf.value
    text = facts.get(leaf.field)
    seen = list(_marked(text, leaf.words)) if leaf.words and isinstance(text, str) else []
    return LeafView(
        question=describe(tree),
        seen=seen or [Piece(_value_words(leaf))],
        is_true=leaf.result,
        is_missing=leaf.is_missing,
    )


def _marked(text: str, words: tuple[Found, ...]) -> Iterator[Piece]:
    """The found words with what stands around them; those beyond what was kept stand alone."""
    end = 0
    for start, stop, phrase in words[:_SHOWN_WORDS]:
        if start < end:
            continue
        if stop > len(text):
            yield Piece(" … ")
            yield Piece(phrase, is_found=True)
            continue
        before = max(end, start - _AROUND)
        yield Piece(("… " if before > end else "") + text[before:start])
        yield Piece(text[start:stop], is_found=True)
        end = stop
    if 0 < end < len(text):
        yield Piece(text[end : end + _AROUND] + ("…" if len(text) > end + _AROUND else ""))


def _value_words(leaf: LeafTrace) -> str:
    """The value a condition saw, as people read it."""
    if leaf.is_missing:
        return _("nobody knows it")
    if leaf.seen in (None, "", []):
        return _("empty")
    spec = fields.get(leaf.field)
    values = leaf.seen if isinstance(leaf.seen, list | tuple) else [leaf.seen]
    if spec and spec.kind == "bool":
        return ", ".join(_("yes") if value else _("no") for value in values)
    if spec and spec.kind == "choice":
        names = spec.named(values)
        return ", ".join(names.get(value, _("(deleted)")) for value in values)
    text = ", ".join(map(str, values))
    return text if len(text) <= _SHOWN_TEXT else f"{text[:_SHOWN_TEXT]}…"
