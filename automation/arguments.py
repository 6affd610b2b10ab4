"""What effects and triggers are told besides their name, and how it is checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.text import clean_line, clean_text

ArgumentKind = Literal["choice", "choices", "line", "text", "number", "minutes", "yes_no", "words"]
Choices = Callable[[], list[tuple[Any, Any]]]

MAX_LINE: Final = 200
MAX_TEXT: Final = 10_000
MAX_WORDS: Final = 50
MAX_NUMBER: Final = 1_000_000

_read: ContextVar[dict[Choices, list[tuple[Any, Any]]] | None] = ContextVar("read", default=None)


@contextmanager
def choices_read_once() -> Iterator[None]:
    """Inside, every list of choices is read at most once, however many rules are told."""
    read = _read.get()
    token = _read.set({} if read is None else read)
    try:
        yield
    finally:
        _read.reset(token)


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One value; `choices` are those offered, by their stored value and their words."""

    name: str
    label: Any
    kind: ArgumentKind = "line"
    choices: Choices | None = None
    is_required: bool = True
    help: Any = ""
    default: Any = None

    def offered(self) -> list[tuple[Any, Any]]:
        """The choices as they are now."""
        read = _read.get()
        if self.choices is None or read is None:
            return self.choices() if self.choices else []
        if self.choices not in read:
            read[self.choices] = self.choices()
        return read[self.choices]

    def words(self, value: Any) -> str:
        """The value as people read it; what is gone is said to be."""
        if value in (None, "", []):
            return ""
        if self.choices is None:
            return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        names = {key: str(label) for key, label in self.offered()}
        chosen = value if isinstance(value, list) else [value]
        return ", ".join(names.get(key, _("(deleted)")) for key in chosen)


def clean_arguments(arguments: Iterable[Argument], raw: Mapping[str, Any]) -> dict[str, Any]:
    """The values in their stored form; empty optional ones are left out.

    Raises ValidationError that names each argument which does not fit.
    """
    cleaned: dict[str, Any] = {}
    errors: list[ValidationError] = []
    for argument in arguments:
        try:
            value = _CLEANERS[argument.kind](argument, raw.get(argument.name, argument.default))
        except ValidationError as refusal:
            errors.append(refusal)
            continue
        if value in (None, "", []):
            if argument.is_required:
                errors.append(ValidationError(_("Fill in “%(name)s”.") % {"name": argument.label}))
            continue
        cleaned[argument.name] = value
    if errors:
        raise ValidationError(errors)
    return cleaned


def _choice(argument: Argument, value: Any) -> Any:
    """A stored value or its text, as forms send it."""
    if value in (None, ""):
        return None
    for key, _label in argument.offered():
        if key == value or str(key) == str(value):
            return key
    raise ValidationError(_("Choose “%(name)s” from the list.") % {"name": argument.label})


def _several(argument: Argument, value: Any) -> list[Any]:
    values = value if isinstance(value, list | tuple) else [value] * (value not in (None, ""))
    return list(dict.fromkeys(_choice(argument, item) for item in values))


def _line(argument: Argument, value: Any) -> str:
    line = clean_line(str(value or ""), MAX_LINE + 1)
    if len(line) > MAX_LINE:
        raise _too_long(argument, MAX_LINE)
    return line


def _text(argument: Argument, value: Any) -> str:
    text = clean_text(str(value or "")).strip()
    if len(text) > MAX_TEXT:
        raise _too_long(argument, MAX_TEXT)
    return text


def _number(argument: Argument, value: Any) -> int | None:
    if value in (None, ""):
        return None
    try:
        number = int(str(value))
    except ValueError:
        number = 0
    if not 0 < number <= MAX_NUMBER:
        raise ValidationError(
            _("Write a whole number above zero for “%(name)s”.") % {"name": argument.label}
        )
    return number


def _yes_no(_argument: Argument, value: Any) -> bool | None:
    # "No" is the same as not being there, so that it needs no place in the version.
    return True if value in (True, "yes", "on", "true", "1", 1) else None


def _words(argument: Argument, value: Any) -> list[str]:
    parts = value if isinstance(value, list | tuple) else str(value or "").split(",")
    words = [line for part in parts if (line := clean_line(str(part), MAX_LINE))]
    if len(words) > MAX_WORDS:
        raise ValidationError(
            _("Use at most %(count)d words for “%(name)s”.")
            % {"count": MAX_WORDS, "name": argument.label}
        )
    return list(dict.fromkeys(words))


def _too_long(argument: Argument, limit: int) -> ValidationError:
    return ValidationError(
        _("“%(name)s” may have at most %(count)d characters.")
        % {"name": argument.label, "count": limit}
    )


_CLEANERS: Final[dict[ArgumentKind, Callable[[Argument, Any], Any]]] = {
    "choice": _choice,
    "choices": _several,
    "line": _line,
    "text": _text,
    "number": _number,
    "minutes": _number,
    "yes_no": _yes_no,
    "words": _words,
}
