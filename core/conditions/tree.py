"""The shape of condition trees, and how to walk them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

Tree = dict[str, Any]

GROUPS: Final = ("all", "any", "none")
MAX_DEPTH: Final = 4
MAX_LEAVES: Final = 100
# No member can be true: what a broken tree stands for.
NEVER: Final[Tree] = {"any": []}


def group_of(tree: Tree) -> tuple[str, list[Tree]] | None:
    """The kind and members of a group; None for a leaf and for "always"."""
    for kind in GROUPS:
        if kind in tree:
            return kind, tree[kind]
    return None


def is_leaf(tree: Tree) -> bool:
    """Whether the tree is one condition."""
    return "field" in tree


def leaves(tree: Tree) -> Iterator[Tree]:
    """Every condition of the tree, from left to right."""
    if is_leaf(tree):
        yield tree
    elif group := group_of(tree):
        for member in group[1]:
            yield from leaves(member)


def depth(tree: Tree) -> int:
    """How many groups lie inside each other."""
    group = group_of(tree)
    return 1 + max(map(depth, group[1]), default=0) if group else 0
