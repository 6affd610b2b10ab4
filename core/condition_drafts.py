"""Conditions as somebody types them: rows and one level of groups, before anything is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from core.conditions import FieldSpec, Tree, fields
from core.conditions.fields import values_of
from core.conditions.operators import ALLOWED, OPERATORS, Operator, Shape
from core.conditions.tree import GROUPS, group_of, is_leaf

ADD: Final = "_add_condition"
ADD_GROUP: Final = "_add_condition_group"
REMOVE: Final = "_remove_condition"
SHOW: Final = "_show_condition"
STEPS: Final = (ADD, ADD_GROUP, REMOVE, SHOW)

MAX_ROWS: Final = 100
MAX_KEPT: Final = 20_000
YES, NO = "yes", "no"

Path = tuple[int, ...]

_PLACE: Final = re.compile(r"(?P<name>.+?)(?P<path>(?:-\d{1,3}){0,2})", re.ASCII)
_WHOLE: Final = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?\d{1,18}\.\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Row:
    """One condition as typed: a field, an operator, and the texts of its value."""

    key: str
    op: str
    texts: tuple[str, ...] = ()

    @property
    def spec(self) -> FieldSpec:
        return fields[self.key]

    @property
    def operator(self) -> Operator:
        """What was chosen, or the first question when the field does not allow it."""
        return OPERATORS[self.op if self.spec.allows(self.op) else ALLOWED[self.spec.kind][0]]

    def leaf(self) -> Tree:
        """The condition with a value of the right type, as far as the texts allow."""
        asked = {"field": self.key, "op": self.operator.key}
        if self.operator.shape == "nothing":
            return asked
        return {**asked, "value": _read(self.spec, self.operator.shape, self.texts)}


@dataclass(frozen=True)
class Kept:
    """A part too deep for the editor: its JSON travels along."""

    text: str

    def leaf(self) -> Any:
        """The part as it was; anything odd is refused by `clean` later."""
        try:
            return json.loads(self.text[:MAX_KEPT])
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True)
class Group:
    """Rows under all, any or none; at the top also groups and kept parts."""

    match: str = "all"
    items: tuple[Row | Kept | Group, ...] = ()

    def tree(self) -> Tree:
        """The group as a tree; without rows it holds always."""
        members = [item.tree() if isinstance(item, Group) else item.leaf() for item in self.items]
        return {self.match: members} if members else {}


@dataclass(frozen=True)
class Draft:
    """What an editor holds; after a step (a row more or less) nothing in it was checked.

    `added` is the group that got a row, `removed` the one that lost it: there the focus goes.
    """

    root: Group
    is_checked: bool = True
    added: Path | None = None
    removed: Path | None = None


def is_step(posted: Mapping[str, Any]) -> bool:
    """Whether a form came back for another row only, and nothing is to be saved."""
    return any(step in posted for step in STEPS)


def draft_of(tree: Tree, allowed: Iterable[str]) -> Draft:
    """The editor's view of a stored tree."""
    group = group_of(tree) if tree else ("all", [])
    kind, members = group or ("all", [tree])
    return Draft(Group(kind, tuple(_item(member, set(allowed)) for member in members)))


def draft_from(posted: Mapping[str, Any], name: str, allowed: Iterable[str]) -> Draft:
    """What was typed into the editor `name`, after the step that was asked for."""
    keys = [key for key in allowed if key in fields]
    root = _group(posted, name, keys, level=0)
    if not is_step(posted):
        return Draft(root)
    new = Row(keys[0], "")
    for step, item in ((ADD, new), (ADD_GROUP, Group("any", (new,)))):
        path = _path(posted.get(step), name)
        if path is not None and (step == ADD or not path):
            return Draft(_with(root, path, item), is_checked=False, added=path)
    if path := _path(posted.get(REMOVE), name):
        return Draft(_without(root, path), is_checked=False, removed=path[:-1])
    return Draft(root, is_checked=False)


def texts_of(spec: FieldSpec, leaf: Tree) -> tuple[str, ...]:
    """A stored value as its control shows it."""
    values = values_of(leaf)
    if spec.kind == "bool":
        return tuple(YES if value is True else NO for value in values)
    if spec.lookup:
        names = spec.named(values)
        return ("\n".join(names[value] for value in values if value in names),)
    if OPERATORS[leaf["op"]].shape == "words":
        return (", ".join(values),)
    return tuple(str(value) for value in values)


def _item(member: Tree, allowed: set[str]) -> Row | Kept | Group:
    if _is_plain(member, allowed):
        return Row(member["field"], member["op"], texts_of(fields[member["field"]], member))
    group = group_of(member)
    if group and group[1] and all(_is_plain(inner, allowed) for inner in group[1]):
        return Group(group[0], tuple(_item(inner, allowed) for inner in group[1]))
    return Kept(json.dumps(member))


def _is_plain(member: Tree, allowed: set[str]) -> bool:
    """A condition the editor has a row for."""
    if not is_leaf(member) or member["field"] not in allowed or member["field"] not in fields:
        return False
    return fields[member["field"]].allows(member["op"])


def _group(posted: Mapping[str, Any], place: str, keys: list[str], *, level: int) -> Group:
    match = posted.get(f"{place}-match", "all")
    items: list[Row | Kept | Group] = []
    for number in range(MAX_ROWS + 1):
        inner = f"{place}-{number}"
        if posted.get(f"{inner}-field") in keys:
            texts = _texts(posted, f"{inner}-value")
            items.append(Row(posted[f"{inner}-field"], posted.get(f"{inner}-op", ""), texts))
        elif f"{inner}-kept" in posted:
            items.append(Kept(posted[f"{inner}-kept"]))
        elif f"{inner}-match" in posted and level == 0:
            items.append(_group(posted, inner, keys, level=1))
    return Group(match if match in GROUPS else "all", tuple(items))


def _texts(posted: Mapping[str, Any], name: str) -> tuple[str, ...]:
    getlist = getattr(posted, "getlist", None)
    found = getlist(name) if getlist else posted.get(name, [])
    return tuple(found) if isinstance(found, list | tuple) else (str(found),)


def _path(place: Any, name: str) -> Path | None:
    """`conditions-1-0` in the editor `conditions` is the first row of the second group."""
    match = _PLACE.fullmatch(str(place or ""))
    if match is None or match["name"] != name:
        return None
    return tuple(int(number) for number in match["path"].split("-")[1:])


def _with(group: Group, path: Path, item: Row | Group) -> Group:
    """The group with `item` at the end of the one at `path`."""
    if not path:
        return replace(group, items=(*group.items, item))
    inside = _inside(group, path[0])
    return _replaced(group, path[0], _with(inside, path[1:], item)) if inside else group


def _without(group: Group, path: Path) -> Group:
    """The group without what stands at `path`; a group that becomes empty goes too."""
    if len(path) > 1:
        inside = _inside(group, path[0])
        left = _without(inside, path[1:]) if inside else None
        if left and left.items:
            return _replaced(group, path[0], left)
    rest = [item for number, item in enumerate(group.items) if number != path[0]]
    return replace(group, items=tuple(rest))


def _inside(group: Group, number: int) -> Group | None:
    item = group.items[number] if number < len(group.items) else None
    return item if isinstance(item, Group) else None


def _replaced(group: Group, number: int, item: Group) -> Group:
    items = list(group.items)
    items[number] = item
    return replace(group, items=tuple(items))


def _read(spec: FieldSpec, shape: Shape, texts: tuple[str, ...]) -> Any:
    """The value the texts mean; what they do not mean stays text, and `clean` refuses it."""
    if shape == "words":
        return _parts(texts, ",")
    if shape == "several":
        parts = _parts(texts, "," if spec.kind in {"text", "set"} else "\n")
        return [_one(spec, part) for part in parts]
    text = texts[0].strip() if texts else ""
    if shape in {"days", "hours"}:
        return _numeric(text)
    return _one(spec, text) if shape == "one" else text


def _parts(texts: tuple[str, ...], comma: str) -> list[str]:
    """Pieces between commas or lines; names of rows may hold a comma."""
    pieces = [part for text in texts for line in text.splitlines() for part in line.split(comma)]
    return [piece.strip() for piece in pieces if piece.strip()]


def _one(spec: FieldSpec, text: str) -> Any:
    if spec.kind == "number":
        return _numeric(text)
    if spec.kind == "bool":
        return {YES: True, NO: False}.get(text, text)
    if spec.kind != "choice":
        return text
    if spec.lookup:
        found = spec.lookup.find(text) if text else None
        return text if found is None else found
    number = _numeric(text)
    return number if type(number) is int and spec.named([number]) else text


def _numeric(text: str) -> int | float | str:
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text
