"""Nothing but a sound tree gets past here, whatever was sent."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.conditions.fields import FieldSpec, fields
from core.conditions.operators import OPERATORS, FieldKind, Shape, folded
from core.conditions.tree import GROUPS, MAX_DEPTH, MAX_LEAVES, Tree
from core.conditions.words import contains_word
from core.text import clean_line

MAX_VALUES: Final = 100
MAX_WORD: Final = 100
MAX_DAYS: Final = 3650
MAX_HOURS: Final = 24 * MAX_DAYS
MAX_NUMBER: Final = 10**15

_Read = Callable[[FieldSpec, Any], Any]


def clean(tree: Any, *, allowed: Iterable[str]) -> Tree:
    """`tree` in its normal form. Raises ValidationError that says what to do."""
    if tree == {} and isinstance(tree, dict):
        return {}
    return _Checked(set(allowed)).cleaned(tree, level=0)


def clean_leaf(leaf: Any, *, allowed: Collection[str]) -> Tree:
    """One condition in its normal form. Raises ValidationError."""
    if not isinstance(leaf, dict) or not leaf.keys() <= {"field", "op", "value"}:
        raise ValidationError(_("A condition is a field, an operator and a value."))
    key, op = leaf.get("field"), leaf.get("op")
    if not isinstance(key, str) or key not in allowed or key not in fields:
        raise ValidationError(_("Choose a field."))
    spec = fields[key]
    if not spec.allows(op):
        raise ValidationError(_("Choose how %(field)s is compared.") % {"field": spec.label})
    if OPERATORS[str(op)].shape == "nothing":
        return {"field": key, "op": op}
    return {"field": key, "op": op, "value": _value(spec, str(op), leaf.get("value"))}


class _Checked:
    """One walk over a tree of unknown origin; counts conditions as it goes."""

    def __init__(self, allowed: set[str]) -> None:
        self._allowed = allowed
        self._count = 0

    def cleaned(self, tree: Any, *, level: int) -> Tree:
        if not isinstance(tree, dict):
            raise ValidationError(_("A condition is a field, an operator and a value."))
        kind = next((kind for kind in GROUPS if kind in tree), None)
        if kind is not None:
            return self._group(tree, kind, level=level + 1)
        self._count += 1
        if self._count > MAX_LEAVES:
            raise ValidationError(
                _("Use at most %(count)d conditions.") % {"count": MAX_LEAVES}, "many"
            )
        return clean_leaf(tree, allowed=self._allowed)

    def _group(self, tree: Tree, kind: str, *, level: int) -> Tree:
        members = tree[kind]
        if len(tree) > 1 or not isinstance(members, list):
            raise ValidationError(_("A group is all of, any of or none of a list of conditions."))
        if level > MAX_DEPTH:
            raise ValidationError(
                _("Groups lie at most %(count)d deep inside each other.") % {"count": MAX_DEPTH},
                "deep",
            )
        if not members:
            raise ValidationError(_("A group needs a condition. Add one or remove the group."))
        return {kind: [self.cleaned(member, level=level) for member in members]}


def _value(spec: FieldSpec, op: str, value: Any) -> Any:
    return _SHAPES[OPERATORS[op].shape](spec, value)


def _one(spec: FieldSpec, value: Any) -> Any:
    read: _Read = _BY_KIND.get(spec.kind, _line)
    return read(spec, value)


def _several(spec: FieldSpec, value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise ValidationError(_("Choose at least one value for %(field)s.") % _named(spec))
    _refuse_many(spec, value)
    return list(dict.fromkeys(_one(spec, item) for item in value))


def _words(spec: FieldSpec, value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValidationError(_("Write words for %(field)s, separated by commas.") % _named(spec))
    _refuse_many(spec, value)
    lines = [_line(spec, item) for item in value]
    wordless = [line for line in lines if not contains_word(line)]
    if wordless and spec.kind != "set":
        raise ValidationError(
            _("“%(text)s” holds no word that could be looked for.") % {"text": wordless[0]}
        )
    if not lines:
        raise ValidationError(_("Write words for %(field)s, separated by commas.") % _named(spec))
    return list({folded(line): line for line in reversed(lines)}.values())[::-1]


def _line(spec: FieldSpec, value: Any) -> str:
    line = clean_line(value, MAX_WORD + 1) if isinstance(value, str) else ""
    if not line:
        raise ValidationError(_("Write a value for %(field)s.") % _named(spec))
    if len(line) > MAX_WORD:
        raise ValidationError(
            _("Use at most %(count)d characters for each value of %(field)s.")
            % {"count": MAX_WORD, **_named(spec)}
        )
    return line


def _choice(spec: FieldSpec, value: Any) -> Any:
    # True equals 1 and 1.0 equals 1: only whole numbers and texts are values.
    if type(value) not in {int, str} or value not in spec.named([value]):
        if isinstance(value, str) and value and spec.lookup:
            raise ValidationError(spec.lookup.unknown(clean_line(value, MAX_WORD)))
        raise ValidationError(_("Choose a value for %(field)s.") % _named(spec))
    return value


def _number(spec: FieldSpec, value: Any) -> int | float:
    is_sound = type(value) in {int, float} and math.isfinite(value) and abs(value) <= MAX_NUMBER
    if not is_sound:
        raise ValidationError(_("Write a number for %(field)s.") % _named(spec))
    whole = int(value)
    return whole if whole == value else float(value)


def _bool(spec: FieldSpec, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValidationError(_("Choose yes or no for %(field)s.") % _named(spec))
    return value


def _day(spec: FieldSpec, value: Any) -> str:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError:
        message = _("Write a day for %(field)s, such as 2025-12-31.") % _named(spec)
        raise ValidationError(message) from None


def _days(spec: FieldSpec, value: Any) -> int:
    if type(value) is not int or not 0 < value <= MAX_DAYS:
        raise ValidationError(
            _("Write a number of days from 1 to %(count)d for %(field)s.")
            % {"count": MAX_DAYS, **_named(spec)}
        )
    return value


def _hours(spec: FieldSpec, value: Any) -> int:
    if type(value) is not int or not 0 < value <= MAX_HOURS:
        raise ValidationError(
            _("Write a number of hours from 1 to %(count)d for %(field)s.")
            % {"count": MAX_HOURS, **_named(spec)}
        )
    return value


def _refuse_many(spec: FieldSpec, value: list[Any]) -> None:
    if len(value) > MAX_VALUES:
        raise ValidationError(
            _("Use at most %(count)d values for %(field)s.") % {"count": MAX_VALUES, **_named(spec)}
        )


def _named(spec: FieldSpec) -> dict[str, str]:
    return {"field": str(spec.label)}


_BY_KIND: Final[dict[FieldKind, _Read]] = {"choice": _choice, "number": _number, "bool": _bool}
_SHAPES: Final[dict[Shape, _Read]] = {
    "one": _one,
    "several": _several,
    "words": _words,
    "line": _line,
    "day": _day,
    "days": _days,
    "hours": _hours,
}
