"""Every signature is typed, and every module says in a sentence what it is for (STYLE 1.11, 1.12)."""

import ast

import pytest

from tests.architecture.tree import Function, functions, parsed, shown, sources


def untyped(function: Function) -> list[str]:
    spec = function.args
    named = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    bare = [a.arg for a in named if a and a.annotation is None and a.arg not in {"self", "cls"}]
    return bare if function.returns else [*bare, "return"]


def test_signatures_are_typed() -> None:
    found = [
        f"{shown(path, function.lineno)} {function.name}: {', '.join(untyped(function))}"
        for path in sources()
        for function in functions(parsed(path))
        if untyped(function)
    ]
    assert not found, "\n".join(found)


def test_modules_say_what_they_are_for() -> None:
    silent = [
        shown(path)
        for path in sources()
        if parsed(path).body and ast.get_docstring(parsed(path)) is None
    ]
    assert not silent, "\n".join(silent)


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("def f(a): ...", ["a", "return"]),
        ("def f(a: int, *, b, **more) -> None: ...", ["b", "more"]),
        ("async def f(*all) -> int: ...", ["all"]),
        ("def f(self, a: int) -> None: ...", []),
    ],
)
def test_an_untyped_signature_would_be_found(code: str, missing: list[str]) -> None:
    assert untyped(next(functions(ast.parse(code)))) == missing
