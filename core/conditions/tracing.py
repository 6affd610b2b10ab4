"""How conditions came out: the answer, and for every condition what it saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.conditions.fields import fields
from core.conditions.operators import ALLOWED
from core.conditions.tree import Tree
from core.conditions.words import Found

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class LeafTrace:
    """One condition: the fact it saw, how it came out, the words it found and where."""

    field: str
    op: str
    value: Any
    seen: Any
    result: bool
    is_missing: bool = False
    words: tuple[Found, ...] = ()


@dataclass(frozen=True)
class Trace:
    """The answer with every condition, in the order of the tree."""

    result: bool
    leaves: tuple[LeafTrace, ...]

    @property
    def missing(self) -> list[str]:
        """Fields nobody knew a fact for."""
        return list(dict.fromkeys(leaf.field for leaf in self.leaves if leaf.is_missing))


def is_understood(leaf: Tree) -> bool:
    """Whether the leaf asks a registered field something it can be asked."""
    return leaf["field"] in fields and leaf["op"] in ALLOWED[fields[leaf["field"]].kind]
