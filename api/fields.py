"""Declared fields of JSON: one declaration checks what comes in and is printed as its schema."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from customers.records import web_address

MAX_TROUBLES = 1_000
MAX_AMOUNT = Decimal(10) ** 12
_AMOUNT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,2})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORTHLESS = frozenset(["Cc", "Cs"])  # control characters and halves of others (X-07)


@dataclass(frozen=True)
class Trouble:
    """What is wrong at one place, as a JSON pointer (RFC 6901), and what to do."""

    pointer: str
    detail: str

    def below(self, name: object) -> Trouble:
        """The same, seen from the object or list around it."""
        told = str(name)[:120].replace("~", "~0").replace("/", "~1")
        return Trouble(f"/{told}{self.pointer}", self.detail)


class Wrong(Exception):
    """A value that can't be taken, with everything that is wrong with it."""

    def __init__(self, *troubles: Trouble) -> None:
        super().__init__()
        self.troubles = troubles[:MAX_TROUBLES]


def wrong(detail: str, *, at: str = "") -> Wrong:
    """One trouble, of the value itself or of its field `at`."""
    trouble = Trouble("", detail)
    return Wrong(trouble.below(at) if at else trouble)


@dataclass(frozen=True, kw_only=True)
class Field:
    """A value; `null` and what is missing are the same, and leave `empty`."""

    about: str = ""
    is_needed: bool = False
    empty: Any = ""

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the value."""
        told = {"description": self.about} if self.about else {}
        return {**told, **self.form()}

    def form(self) -> dict[str, Any]:
        """The schema without what it is about."""
        raise NotImplementedError

    def read(self, value: Any) -> Any:
        """The value as we keep it. Raises Wrong."""
        raise NotImplementedError

    def _type(self, name: str) -> str | list[str]:
        return name if self.is_needed else [name, "null"]


@dataclass(frozen=True, kw_only=True)
class Text(Field):
    """One line of text."""

    most: int
    pattern: re.Pattern[str] | None = None
    hint: Any = ""

    def form(self) -> dict[str, Any]:
        limits = {"maxLength": self.most, **({"minLength": 1} if self.is_needed else {})}
        return {"type": self._type("string"), **limits, **self._pattern()}

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise wrong(_("Write a text."))
        text = value.strip()
        if len(value) > self.most:
            raise wrong(_("Write at most %(limit)s characters.") % {"limit": self.most})
        if any(unicodedata.category(letter) in _WORTHLESS for letter in text):
            raise wrong(_("Write one line, without control characters."))
        if self.is_needed and not text:
            raise wrong(_("Write something here."))
        if text and self.pattern and not self.pattern.fullmatch(text):
            raise wrong(str(self.hint))
        return text

    def _pattern(self) -> dict[str, str]:
        if self.pattern is None:
            return {}
        known = self.pattern.pattern
        return {"pattern": f"^{known}$" if self.is_needed else f"^({known})?$"}


@dataclass(frozen=True, kw_only=True)
class WebAddress(Field):
    """Where something stands; never an address that runs (X-31)."""

    most: int = 500

    def form(self) -> dict[str, Any]:
        kind = self._type("string")
        return {"type": kind, "maxLength": self.most, "pattern": "^(https?://.*)?$"}

    def read(self, value: Any) -> str:
        text = Text(most=self.most).read(value)
        if text and not web_address(text):
            raise wrong(_("Write an address that begins with https:// or http://."))
        return text


@dataclass(frozen=True, kw_only=True)
class Choice(Field):
    """One of a few words."""

    words: tuple[str, ...]

    def form(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.words)}

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or value not in self.words:
            raise wrong(_("Use one of: %(words)s.") % {"words": ", ".join(self.words)})
        return value


@dataclass(frozen=True, kw_only=True)
class Day(Field):
    """A day of the calendar."""

    empty: date | None = None

    def form(self) -> dict[str, Any]:
        return {"type": self._type("string"), "format": "date"}

    def read(self, value: Any) -> date:
        try:
            if isinstance(value, str) and _DAY.fullmatch(value):
                return date.fromisoformat(value)
        except ValueError:
            pass
        raise wrong(_("Write a day such as 2026-05-31."))


@dataclass(frozen=True, kw_only=True)
class Amount(Field):
    """Money: a number, or a text that no program rounds on its way."""

    empty: Decimal | None = None

    def form(self) -> dict[str, Any]:
        number = {"type": "number", "exclusiveMinimum": -(10**12), "exclusiveMaximum": 10**12}
        text = {"type": "string", "pattern": f"^{_AMOUNT.pattern}$"}
        return {"anyOf": [number, text, {"type": "null"}]}

    def read(self, value: Any) -> Decimal:
        is_number = isinstance(value, int | Decimal) and not isinstance(value, bool)
        is_text = isinstance(value, str) and _AMOUNT.fullmatch(value)
        try:
            amount = Decimal(value) if is_number or is_text else None
            if amount is not None and abs(amount) < MAX_AMOUNT:
                exact = amount.quantize(Decimal("0.01"))
                if exact == amount:
                    return exact
        except InvalidOperation:
            pass
        raise wrong(_("Write an amount with at most two decimals, such as 120.50."))


@dataclass(frozen=True, kw_only=True)
class Shape(Field):
    """An object whose fields are all declared; others are refused (X-18)."""

    fields: Mapping[str, Field]
    empty: Any = None
    check: Callable[[dict[str, Any]], None] | None = None
    rules: Mapping[str, Any] = field(default_factory=dict)

    def form(self) -> dict[str, Any]:
        needed = [name for name, each in self.fields.items() if each.is_needed]
        return {
            "type": self._type("object"),
            "properties": {name: each.schema() for name, each in self.fields.items()},
            "additionalProperties": False,
            **({"required": needed} if needed else {}),
            **self.rules,
        }

    def read(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise wrong(_("Write an object with these fields: %(names)s.") % self._names())
        troubles = [self._unknown(name) for name in value if name not in self.fields]
        clean: dict[str, Any] = {}
        for name, each in self.fields.items():
            try:
                clean[name] = _value(each, value.get(name))
            except Wrong as found:
                troubles += [trouble.below(name) for trouble in found.troubles]
        if not troubles and self.check is not None:
            self.check(clean)
        if troubles:
            raise Wrong(*troubles)
        return clean

    def _unknown(self, name: str) -> Trouble:
        told = _("This field is not known: leave it out. Known are: %(names)s.") % self._names()
        return Trouble("", told).below(name)

    def _names(self) -> dict[str, str]:
        return {"names": ", ".join(self.fields)}


@dataclass(frozen=True, kw_only=True)
class Batch(Field):
    """A list of objects, each checked."""

    of: Shape
    name: str
    most: int

    def form(self) -> dict[str, Any]:
        items = {"$ref": f"#/components/schemas/{self.name}"}
        return {"type": "array", "minItems": 1, "maxItems": self.most, "items": items}

    def read(self, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not value:
            raise wrong(_("Write a list of at least one."))
        if len(value) > self.most:
            raise wrong(_("At most %(limit)s at a time; send several.") % {"limit": self.most})
        return read_each(value, self.of.read)


def read_each(values: Iterable[Any], read: Callable[[Any], Any]) -> list[Any]:
    """Every one as read. Raises Wrong that names each bad one by its place."""
    clean, troubles = [], []
    for place, value in enumerate(values):
        try:
            clean.append(read(value))
        except Wrong as found:
            troubles += [trouble.below(place) for trouble in found.troubles]
    if troubles:
        raise Wrong(*troubles)
    return clean


def _value(each: Field, value: Any) -> Any:
    if value is not None:
        return each.read(value)
    if each.is_needed:
        raise wrong(_("This field is needed."))
    return each.empty
