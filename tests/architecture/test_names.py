"""Words of the trade: names that mean nothing are not used (STYLE 1.9)."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.architecture.tree import parsed, parts, shown, sources

EMPTY_WORDS = {
    *("helper", "helpers", "util", "utils", "data", "info", "handler", "handlers"),
    *("process", "processor", "handle"),
}
# The role manager is a word of the trade; a class called so is not.
EMPTY_CLASS_WORDS = EMPTY_WORDS | {"manager"}
# Django asks for these names.
FRAMEWORK_METHODS = {
    *("handle", "get_context_data", "formfield_for_dbfield", "value_omitted_from_data"),
    *("receive_data_chunk", "bound_data"),
}


def words(name: str) -> set[str]:
    """`HTTPHandler` and `http_handler` alike are http and handler."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return set(spaced.lower().split("_"))


def empty_names(tree: ast.Module) -> Iterator[str]:
    methods = {id(m) for c in ast.walk(tree) if isinstance(c, ast.ClassDef) for m in c.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and words(node.name) & EMPTY_CLASS_WORDS:
            yield node.name
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            is_asked_for = id(node) in methods and node.name in FRAMEWORK_METHODS
            if words(node.name) & EMPTY_WORDS and not is_asked_for:
                yield node.name


def test_names_say_something() -> None:
    found = [f"{shown(path)}: {name}" for path in sources() for name in empty_names(parsed(path))]
    assert not found, "\n".join(found)


def test_modules_and_folders_are_named_so_too() -> None:
    named = {part.removesuffix(".py") for path in sources() for part in parts(path)}
    assert [name for name in sorted(named) if words(name) & EMPTY_CLASS_WORDS] == []


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("class TicketManager: ...", ["TicketManager"]),
        ("def get_info(): ...", ["get_info"]),
        ("def processMail(): ...", ["processMail"]),
        ("class Command:\n    def handle(self): ...", []),
        ("def handle(): ...", ["handle"]),
        ("def managers(): ...", []),
        ("def metadata(): ...", []),
    ],
)
def test_an_empty_name_would_be_found(code: str, found: list[str]) -> None:
    assert list(empty_names(ast.parse(code))) == found
