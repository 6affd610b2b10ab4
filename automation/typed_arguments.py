"""Arguments of effects and triggers as somebody types them, and the controls they are typed in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from automation.arguments import Argument
from core.condition_rows import Choice

Texts = Mapping[str, tuple[str, ...]]

_ON: Final = "on"
_HINTS: Final = {"words": _("Separated by commas"), "minutes": _("In minutes")}


@dataclass(frozen=True, kw_only=True)
class Control:
    """Where one argument is typed or chosen."""

    name: str
    label: Any
    text: str
    hint: Any
    choices: tuple[Choice, ...] = ()
    is_required: bool = False
    is_list: bool = False
    is_several: bool = False
    is_lines: bool = False
    is_check: bool = False
    is_number: bool = False


def texts_posted(posted: Mapping[str, Any], place: str, arguments: Iterable[Argument]) -> Texts:
    """What came back for these arguments under the names that begin with `place`."""
    getlist = getattr(posted, "getlist", None)
    found: dict[str, tuple[str, ...]] = {}
    for argument in arguments:
        name = f"{place}-{argument.name}"
        if name in posted:
            values = getlist(name) if getlist else posted[name]
            found[argument.name] = tuple(values if isinstance(values, list) else [str(values)])
    return found


def texts_stored(values: Mapping[str, Any], arguments: Iterable[Argument]) -> Texts:
    """Stored values as their controls show them."""
    return {
        argument.name: _shown(argument, values[argument.name])
        for argument in arguments
        if values.get(argument.name) is not None
    }


def raw_of(texts: Texts, arguments: Iterable[Argument]) -> dict[str, Any]:
    """Typed texts in the form `clean_arguments` reads."""
    kinds = {argument.name: argument.kind for argument in arguments}
    return {
        name: list(values) if kinds.get(name) == "choices" else "".join(values[:1])
        for name, values in texts.items()
    }


def control_of(argument: Argument, place: str, texts: Texts) -> Control:
    """The control of one argument with what was typed, or with its default."""
    values = texts.get(argument.name, _shown(argument, argument.default))
    return Control(
        name=f"{place}-{argument.name}",
        label=argument.label,
        text="".join(values[:1]),
        hint=argument.help or _HINTS.get(argument.kind, ""),
        choices=_choices(argument, values),
        is_required=argument.is_required,
        is_list=argument.kind in {"choice", "choices"},
        is_several=argument.kind == "choices",
        is_lines=argument.kind == "text",
        is_check=argument.kind == "yes_no",
        is_number=argument.kind in {"number", "minutes"},
    )


def _shown(argument: Argument, value: Any) -> tuple[str, ...]:
    if value in (None, "", [], False):
        return ()
    if argument.kind == "yes_no":
        return (_ON,)
    if argument.kind == "words":
        return (", ".join(map(str, value)),)
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)


def _choices(argument: Argument, values: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(str(key), label, str(key) in values) for key, label in argument.offered())
