"""What can be asked of a fact, and how each question is answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final, Literal

from django.utils.translation import gettext_lazy as _

FieldKind = Literal["choice", "number", "text", "words", "set", "bool", "date"]
Shape = Literal["one", "several", "words", "line", "day", "days", "hours", "nothing"]

Answer = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Operator:
    """A question: the word between field and value, and the shape of the value."""

    key: str
    label: Any
    shape: Shape


def _declared(*operators: tuple[str, Any, Shape]) -> dict[str, Operator]:
    return {key: Operator(key, label, shape) for key, label, shape in operators}


OPERATORS: Final = _declared(
    ("is", _("is"), "one"),
    ("is_not", _("is not"), "one"),
    ("in", _("is one of"), "several"),
    ("contains_any", _("contains any of"), "words"),
    ("contains_all", _("contains all of"), "words"),
    ("contains_none", _("contains none of"), "words"),
    ("starts_with", _("starts with"), "line"),
    ("greater", _("is greater than"), "one"),
    ("less", _("is less than"), "one"),
    ("is_empty", _("is empty"), "nothing"),
    ("before", _("is before"), "day"),
    ("after", _("is after"), "day"),
    ("within_last", _("is within the last days:"), "days"),
    ("within_hours", _("is within the last hours:"), "hours"),
    ("longer_ago", _("is longer ago than hours:"), "hours"),
)

# These are asked of a present.
NEEDS_NOW: Final = frozenset({"within_last", "within_hours", "longer_ago"})
_EVER: Final = datetime(1, 1, 1, tzinfo=UTC)
_WORDS = ("contains_any", "contains_all", "contains_none")
ALLOWED: Final[dict[FieldKind, tuple[str, ...]]] = {
    "choice": ("is", "is_not", "in", "is_empty"),
    "number": ("is", "is_not", "greater", "less", "is_empty"),
    "text": ("is", "is_not", "in", "starts_with", *_WORDS, "is_empty"),
    "words": (*_WORDS, "starts_with", "is_empty"),
    "set": (*_WORDS, "is_empty"),
    "bool": ("is",),
    "date": ("before", "after", "within_last", "within_hours", "longer_ago", "is_empty"),
}


def folded(text: str) -> str:
    """Lower case letter by letter, exactly as PostgreSQL's `lower` does it."""
    # Only İ has a lower case of two letters; the database takes the first one.
    return "".join(letter.lower()[0] for letter in text)


def day_start(day: str) -> datetime:
    """The first instant of an ISO date; days of conditions are UTC, the same for every reader."""
    return datetime.combine(date.fromisoformat(day), time.min, UTC)


def moment_of(seen: Any) -> datetime:
    """A date fact as an aware moment; facts may carry it as ISO text."""
    return datetime.fromisoformat(seen) if isinstance(seen, str) else seen


def _is(kind: FieldKind, seen: Any, value: Any) -> bool:
    return bool(folded(seen) == folded(value) if kind == "text" and seen else seen == value)


def span_of(op: str, value: int, now: datetime) -> tuple[datetime, datetime]:
    """The time a question asked of the present is about: from the first moment to the last."""
    if op == "longer_ago":
        return _EVER, now - timedelta(hours=value)
    return now - (timedelta(days=value) if op == "within_last" else timedelta(hours=value)), now


def _within(seen: Any, span: tuple[datetime, datetime]) -> bool:
    first, last = span
    return first <= moment_of(seen) <= last


def _carried(seen: Sequence[str], value: Sequence[str]) -> int:
    """How many of the wanted ones are there."""
    there = {folded(item) for item in seen}
    return sum(folded(item) in there for item in value)


_OF_VALUES: Final[dict[str, Answer]] = {
    "starts_with": lambda seen, value: folded(seen[: len(value)]) == folded(value),
    "greater": lambda seen, value: seen > value,
    "less": lambda seen, value: seen < value,
    "before": lambda seen, value: moment_of(seen) < day_start(value),
    "after": lambda seen, value: moment_of(seen) >= day_start(value) + timedelta(days=1),
    "contains_any": lambda seen, value: _carried(seen, value) > 0,
    "contains_all": lambda seen, value: _carried(seen, value) == len(value),
    "contains_none": lambda seen, value: _carried(seen, value) == 0,
}


def answer(kind: FieldKind, op: str, seen: Any, value: Any, now: datetime | None) -> bool:
    """Whether a known fact fits; an empty one fits only "is empty", "is not" and "none of"."""
    if op == "is_empty":
        return is_empty(seen)
    if op in {"is", "is_not"}:
        return _is(kind, seen, value) is (op == "is")
    if is_empty(seen):
        return op == "contains_none"
    if op == "in":
        return any(_is(kind, seen, item) for item in value)
    if op in NEEDS_NOW:
        return now is not None and _within(seen, span_of(op, value, now))
    return _OF_VALUES[op](seen, value)


def is_empty(seen: Any) -> bool:
    """Whether a fact says "nothing": no value, no text, no member."""
    return seen is None or (isinstance(seen, str | list | tuple | set | frozenset) and not seen)
