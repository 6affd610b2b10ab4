"""How a draft of conditions is shown: each row with the control its question asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.condition_drafts import NO, YES, Draft, Group, Kept, Path, Row
from core.conditions import clean, clean_leaf, describe, fields
from core.conditions.fields import FieldSpec
from core.conditions.operators import Shape

_MATCHES: Final = (
    ("all", gettext_lazy("all of these are true")),
    ("any", gettext_lazy("any of these is true")),
    ("none", gettext_lazy("none of these is true")),
)
_INPUTS: Final[dict[Shape, str]] = {"day": "date", "days": "number", "hours": "number"}


@dataclass(frozen=True)
class Choice:
    """One entry of a list."""

    value: str
    label: Any
    is_chosen: bool


@dataclass(frozen=True)
class FieldGroup:
    """Fields of one owner under their heading."""

    label: Any
    choices: Sequence[Choice]


@dataclass(frozen=True, kw_only=True)
class Control:
    """Where the value is typed or chosen."""

    text: str = ""
    type: str = ""
    step: str = ""
    hint: Any = ""
    choices: Sequence[Choice] = ()
    is_list: bool = False
    is_multiple: bool = False
    is_lines: bool = False

    @property
    def is_input(self) -> bool:
        return bool(self.type)

    @property
    def is_needed(self) -> bool:
        return self.is_input or self.is_list or self.is_lines


@dataclass(frozen=True, kw_only=True)
class RowView:
    """One condition; the names of its controls begin with `name`."""

    name: str
    number: int
    fields: Sequence[FieldGroup]
    operators: Sequence[Choice]
    control: Control
    error: str = ""
    takes_focus: bool = False
    is_row: bool = True
    is_kept: bool = False


@dataclass(frozen=True, kw_only=True)
class KeptView:
    """A part that is only shown."""

    name: str
    text: str
    sentence: str
    is_row: bool = False
    is_kept: bool = True


@dataclass(frozen=True, kw_only=True)
class GroupView:
    """Rows under one of all, any, none."""

    name: str
    is_root: bool
    matches: Sequence[Choice]
    items: Sequence[Item]
    takes_focus: bool = False
    is_row: bool = False
    is_kept: bool = False


Item = RowView | KeptView | GroupView


@dataclass(frozen=True)
class EditorView:
    """The whole editor, swapped as one piece."""

    id: str
    root: GroupView


def editor_view(draft: Draft, name: str, allowed: Sequence[str], *, is_typed: bool) -> EditorView:
    """The editor as the template shows it; typed rows that are wrong say so."""
    keys = [key for key in allowed if key in fields]
    showing = _Showing(draft, keys=keys, is_checked=is_typed and draft.is_checked)
    return EditorView(f"id_{name}_editor", showing.group(draft.root, name, ()))


class _Showing:
    """One rendering: numbers the conditions and knows where the focus goes."""

    def __init__(self, draft: Draft, *, keys: list[str], is_checked: bool) -> None:
        self._draft = draft
        self._keys = keys
        self._is_checked = is_checked
        self._number = 0

    def group(self, group: Group, name: str, path: Path) -> GroupView:
        items = [
            self._item(item, f"{name}-{place}", (*path, place))
            for place, item in enumerate(group.items)
        ]
        return GroupView(
            name=name,
            is_root=not path,
            matches=[Choice(key, label, key == group.match) for key, label in _MATCHES],
            items=items,
            takes_focus=self._draft.removed == path,
        )

    def _item(self, item: Row | Kept | Group, name: str, path: Path) -> Item:
        if isinstance(item, Group):
            return self.group(item, name, path)
        if isinstance(item, Kept):
            return KeptView(name=name, text=item.text, sentence=_sentence(item))
        self._number += 1
        return RowView(
            name=name,
            number=self._number,
            fields=_by_group(self._keys, item.key),
            operators=[
                Choice(one.key, one.label, one == item.operator) for one in item.spec.operators
            ],
            control=_control(item),
            error=_error(item, self._keys) if self._is_checked else "",
            takes_focus=self._is_new(path),
        )

    def _is_new(self, path: Path) -> bool:
        """The row just added, or the first one of the group just added."""
        added = self._draft.added
        if added is None:
            return False
        place = _last_of(self._draft.root, added)
        return path in {(*added, place), (*added, place, 0)}


def _by_group(keys: Sequence[str], chosen: str) -> list[FieldGroup]:
    """Each group once, where its first field stands; what has no group comes first."""
    groups: dict[str, list[Choice]] = {"": []}
    for key in keys:
        spec = fields[key]
        groups.setdefault(str(spec.group), []).append(Choice(key, spec.label, key == chosen))
    return [FieldGroup(label, choices) for label, choices in groups.items() if choices]


def _last_of(root: Group, path: Path) -> int:
    group: Any = root
    for number in path:
        group = group.items[number]
    return len(group.items) - 1


def _error(row: Row, keys: list[str]) -> str:
    try:
        clean_leaf(row.leaf(), allowed=keys)
    except ValidationError as refusal:
        return str(refusal.messages[0])
    return ""


def _sentence(kept: Kept) -> str:
    try:
        return describe(clean(kept.leaf(), allowed=dict(fields)))
    except ValidationError:
        return _("A part that can't be used any more. Remove it.")


def _control(row: Row) -> Control:
    spec, shape = row.spec, row.operator.shape
    text = ", ".join(row.texts)
    if shape == "nothing":
        return Control()
    if shape == "words":
        return Control(
            type="text", text=text, hint=spec.hint or _("Words or phrases, separated by commas")
        )
    if shape in {"one", "several"} and spec.kind in {"bool", "choice"}:
        return _chosen(row)
    if shape == "one" and spec.kind == "number":
        return Control(type="number", text=text, step="any")
    if shape == "several":
        return Control(type="text", text=text, hint=_("Separated by commas"))
    return Control(type=_INPUTS.get(shape, "text"), text=text)


def _chosen(row: Row) -> Control:
    """A list to choose from, or a text where the list would be too long."""
    spec, is_multiple = row.spec, row.operator.shape == "several"
    if spec.lookup:
        text = "\n".join(row.texts)
        if is_multiple:
            return Control(is_lines=True, text=text, hint=_("%s, one a line") % spec.lookup.hint)
        return Control(type="text", text=text, hint=spec.lookup.hint)
    return Control(is_list=True, is_multiple=is_multiple, choices=_choices(row))


def _choices(row: Row) -> list[Choice]:
    """What is offered, after what is chosen though it is offered no more."""
    offered = _offered(row.spec)
    past = [text for text in row.texts if text and text not in offered]
    named = {text: _past_name(row.spec, text) for text in past}
    return [
        Choice(value, label, value in row.texts)
        for value, label in {
            **{text: name for text, name in named.items() if name},
            **offered,
        }.items()
    ]


def _offered(spec: FieldSpec) -> dict[str, Any]:
    if spec.kind == "bool":
        return {YES: _("Yes"), NO: _("No")}
    return {str(value): label for value, label in spec.choices()} if spec.choices else {}


def _past_name(spec: FieldSpec, text: str) -> str:
    """The name of an archived row; empty for what was never there."""
    names = spec.named([int(text)]) if text.isascii() and text.isdecimal() else {}
    return next(iter(names.values()), "")
