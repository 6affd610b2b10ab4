"""Trees in words, and what is wrong with those that name what is gone."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Final

from django.utils.translation import gettext as _

from core.conditions.fields import FieldSpec, fields, values_of
from core.conditions.operators import OPERATORS
from core.conditions.tracing import is_understood
from core.conditions.tree import NEVER, Tree, group_of, is_leaf, leaves


def describe(tree: Tree) -> str:
    """One sentence: "Colour is Red and Size is Large"; "Always" without conditions."""
    return _told(tree) if tree else _("Always")


def broken(tree: Tree) -> list[str]:
    """A sentence for each condition that names a deleted row or an unknown field."""
    return [sentence for leaf in leaves(tree) if (sentence := broken_leaf(leaf))]


def broken_leaf(leaf: Tree) -> str:
    """Why this condition can no longer be judged; empty when it can."""
    if not is_understood(leaf):
        return _("The field “%(field)s” is not known any more.") % {"field": leaf["field"]}
    spec, values = fields[leaf["field"]], values_of(leaf)
    if spec.kind != "choice" or len(spec.existing(values)) == len(values):
        return ""
    return _("%(field)s names something that was deleted.") % {"field": spec.label}


def in_force(tree: Tree) -> Tree:
    """`tree`, or the tree nothing fits when it is broken: what rules and policies run."""
    return NEVER if broken(tree) else tree


def _told(tree: Tree) -> str:
    if is_leaf(tree):
        return _leaf(tree)
    group = group_of(tree)
    if group is None:
        return _("Always")
    kind, members = group
    if not members:
        return _("Always") if kind != "any" else _("Never")
    if kind == "none":
        return _("none of (%(conditions)s)") % {"conditions": "; ".join(map(_told, members))}
    tell = _enclosed if len(members) > 1 else _told
    return reduce(_JOINED[kind], map(tell, members))


def _enclosed(tree: Tree) -> str:
    group = group_of(tree)
    return f"({_told(tree)})" if group and group[0] != "none" and len(group[1]) > 1 else _told(tree)


def _leaf(leaf: Tree) -> str:
    spec = fields.get(leaf["field"])
    words = {
        "field": spec.label if spec else leaf["field"],
        "operator": OPERATORS[leaf["op"]].label if leaf["op"] in OPERATORS else leaf["op"],
        "value": _value(spec, leaf),
    }
    if not words["value"]:
        return _("%(field)s %(operator)s") % words
    return _("%(field)s %(operator)s %(value)s") % words


def _value(spec: FieldSpec | None, leaf: Tree) -> str:
    values = values_of(leaf)
    if spec and spec.kind == "bool":
        return ", ".join(_("yes") if value else _("no") for value in values)
    if spec and spec.kind == "choice":
        names = spec.named(values)
        return ", ".join(names.get(value, _("(deleted)")) for value in values)
    return ", ".join(str(value) for value in values)


def _and(first: str, second: str) -> str:
    return _("%(first)s and %(second)s") % {"first": first, "second": second}


def _or(first: str, second: str) -> str:
    return _("%(first)s or %(second)s") % {"first": first, "second": second}


_JOINED: Final[dict[str, Callable[[str, str], str]]] = {"all": _and, "any": _or}
