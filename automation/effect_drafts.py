"""Effects as somebody types them: rows in their order, before anything is checked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError

from automation.arguments import Argument, clean_arguments
from automation.effects import EffectSpec, registry
from automation.effects.registry import MAX_EFFECTS
from automation.typed_arguments import Texts, raw_of, texts_posted, texts_stored
from core.condition_drafts import ADD, REMOVE, SHOW, is_step

UP, DOWN = "up", "down"

_PLACE: Final = re.compile(r"(?P<name>.+)-(?P<number>\d{1,3})(?:-(?P<way>up|down))?", re.ASCII)


@dataclass(frozen=True)
class TypedEffect:
    """One effect: its key and the texts of its arguments."""

    key: str
    texts: Texts = field(default_factory=dict)

    @property
    def spec(self) -> EffectSpec | None:
        return dict(registry).get(self.key)

    @property
    def arguments(self) -> tuple[Argument, ...]:
        return self.spec.arguments if self.spec else ()

    def raw(self) -> dict[str, Any]:
        """The effect in the form `clean_effects` reads."""
        return {"effect": self.key, **raw_of(self.texts, self.arguments)}

    def errors(self) -> list[str]:
        """What is wrong with its arguments."""
        try:
            clean_arguments(self.arguments, self.raw())
        except ValidationError as refusal:
            return list(refusal.messages)
        return []


@dataclass(frozen=True)
class EffectsDraft:
    """What the editor holds; after a step nothing in it was checked. `focus` is a row, or -1."""

    rows: tuple[TypedEffect, ...] = ()
    is_checked: bool = True
    focus: int | None = None

    def raw(self) -> list[dict[str, Any]]:
        return [row.raw() for row in self.rows]


def draft_of(effects: Iterable[Mapping[str, Any]]) -> EffectsDraft:
    """The editor's view of stored effects."""
    return EffectsDraft(tuple(_stored(effect) for effect in effects))


def draft_from(posted: Mapping[str, Any], name: str) -> EffectsDraft:
    """What was typed into the editor `name`, after the step that was asked for."""
    rows = [
        _typed(posted, f"{name}-{number}")
        for number in range(MAX_EFFECTS + 1)
        if f"{name}-{number}-effect" in posted
    ]
    if not is_step(posted):
        return EffectsDraft(tuple(rows))
    if posted.get(ADD) == name:
        new = TypedEffect("")
        return EffectsDraft((*rows, new), is_checked=False, focus=len(rows))
    if (number := _number(posted.get(REMOVE), name)) is not None:
        return EffectsDraft((*rows[:number], *rows[number + 1 :]), is_checked=False, focus=-1)
    return _moved(rows, posted.get(SHOW), name)


def _stored(effect: Mapping[str, Any]) -> TypedEffect:
    key = str(effect.get("effect", ""))
    return TypedEffect(key, texts_stored(effect, TypedEffect(key).arguments))


def _typed(posted: Mapping[str, Any], place: str) -> TypedEffect:
    key = str(posted[f"{place}-effect"])
    return TypedEffect(key, texts_posted(posted, place, TypedEffect(key).arguments))


def _moved(rows: list[TypedEffect], asked: Any, name: str) -> EffectsDraft:
    """The row one place up or down; anything else only shows what was typed."""
    found = _PLACE.fullmatch(str(asked or ""))
    if found is None or found["name"] != name or not found["way"]:
        return EffectsDraft(tuple(rows), is_checked=False)
    old = int(found["number"])
    new = old - 1 if found["way"] == UP else old + 1
    if 0 <= new < len(rows) and old < len(rows):
        rows[old], rows[new] = rows[new], rows[old]
        return EffectsDraft(tuple(rows), is_checked=False, focus=new)
    return EffectsDraft(tuple(rows), is_checked=False)


def _number(place: Any, name: str) -> int | None:
    found = _PLACE.fullmatch(str(place or ""))
    return int(found["number"]) if found and found["name"] == name and not found["way"] else None
