"""Views ask: surfaces write nothing themselves (STYLE 1.3, 1.6)."""

import ast

import pytest

from tests.architecture.tree import functions, matching, parsed, shown

WRITES = {
    *("save", "create", "update", "delete", "bulk_create", "bulk_update", "get_or_create"),
    *("update_or_create", "add", "remove", "clear", "set"),
}
# On plain sets, dicts and headers these words write nothing in the database.
HARMLESS_WORDS = {"update", "add", "remove", "clear", "set"}
VIEW_LINES = 20


def writes(tree: ast.AST) -> list[int]:
    """Lines that call a writing method of a model or queryset.

    `x.add(…)` counts on a chain of attributes (`ticket.tags.add`), not on a plain name (`seen.add`).
    """
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        word, owner = node.func.attr, node.func.value
        if word in HARMLESS_WORDS and not isinstance(owner, ast.Attribute | ast.Call):
            continue
        if word in WRITES or word.startswith("bulk_"):
            found.append(node.lineno)
    return found


def test_surfaces_write_no_rows() -> None:
    found = [
        shown(path, line)
        for name in ("desk", "portal")
        for path in matching(".py", under=name)
        for line in writes(parsed(path))
    ]
    assert not found, "\n".join(found)


def test_views_fit_on_a_page() -> None:
    long = [
        f"{shown(path, view.lineno)} {view.name}"
        for name in ("desk", "portal")
        for path in matching(".py", under=name)
        if "views" in path.as_posix()
        for view in functions(parsed(path))
        if (view.end_lineno or 0) - view.lineno + 1 > VIEW_LINES
    ]
    assert not long, "\n".join(long)


@pytest.mark.parametrize(
    ("code", "is_write"),
    [
        ("ticket.save(update_fields=['subject'])", True),
        ("Ticket.objects.filter(pk=1).update(subject='x')", True),
        ("Ticket.objects.bulk_create([])", True),
        ("ticket.tags.add(tag)", True),
        ("seen.add(1)", False),
        ("facts.update(more)", False),
        ("save_draft(ticket)", False),
    ],
)
def test_a_write_would_be_found(code: str, *, is_write: bool) -> None:
    assert bool(writes(ast.parse(code))) is is_write
