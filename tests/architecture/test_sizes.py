"""Small: functions, files, templates, stylesheets and scripts (STYLE 1.10, 5, 7)."""

import ast
import statistics
from pathlib import Path

import pytest

from core import assets
from tests.architecture.tree import ROOT, functions, matching, parsed, parts, shown, sources

FUNCTION_LINES = 40
TEST_LINES = 25
FILE_LINES = {".py": 400, ".html": 150, ".txt": 150, ".css": 300, ".js": 100}
FUNCTION_MEDIAN = 8
FUNCTION_P90 = 25
CSS_TOTAL = 3500
SCRIPT_FILES, SCRIPT_LINES, SCRIPT_MEDIAN = 12, 1500, 60


def length(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def too_long(tree: ast.AST, *, limit: int, prefix: str = "") -> list[tuple[str, int]]:
    return [
        (function.name, function.lineno)
        for function in functions(tree)
        if function.name.startswith(prefix) and length(function) > limit
    ]


def line_count(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def own(*suffixes: str, under: str) -> list[Path]:
    return [path for path in matching(*suffixes, under=under) if "vendor" not in parts(path)]


def test_functions_are_short() -> None:
    long = [
        f"{shown(path, line)} {name}"
        for path in matching(".py")
        if "migrations" not in parts(path)
        for name, line in too_long(parsed(path), limit=FUNCTION_LINES)
    ]
    assert not long, "\n".join(long)


def test_tests_tell_one_thing() -> None:
    long = [
        f"{shown(path, line)} {name}"
        for path in matching(".py", under="tests")
        for name, line in too_long(parsed(path), limit=TEST_LINES, prefix="test_")
    ]
    assert not long, "\n".join(long)


def test_most_functions_are_tiny() -> None:
    lengths = sorted(length(f) for path in sources() for f in functions(parsed(path)))
    assert statistics.median(lengths) <= FUNCTION_MEDIAN
    assert lengths[int(len(lengths) * 0.9)] <= FUNCTION_P90


def test_files_are_short() -> None:
    folders = {".py": "", ".html": "templates", ".txt": "templates", ".css": "static/css"}
    folders[".js"] = "static/js"
    long = [
        f"{shown(path)} has {line_count(path)} lines, {FILE_LINES[suffix]} are allowed"
        for suffix, folder in folders.items()
        for path in own(suffix, under=folder)
        if "migrations" not in parts(path) and line_count(path) > FILE_LINES[suffix]
    ]
    assert not long, "\n".join(long)


def test_front_end_stays_small() -> None:
    assert sum(map(line_count, own(".css", under="static"))) <= CSS_TOTAL
    for bundle in (assets.OWN_SCRIPTS, assets.STAFF_SCRIPTS):  # ADR 0011
        assert len(bundle) <= SCRIPT_FILES
    scripts = list(map(line_count, own(".js", under="static")))
    assert len(scripts) == len(assets.OWN_SCRIPTS) + len(assets.STAFF_SCRIPTS)
    assert sum(scripts) <= SCRIPT_LINES
    assert statistics.median(scripts or [0]) <= SCRIPT_MEDIAN


@pytest.mark.parametrize(("lines", "found"), [(39, []), (40, [("f", 1)])])
def test_a_long_function_would_be_found(lines: int, found: list[tuple[str, int]]) -> None:
    sample = ast.parse("def f():\n" + "    x = 1\n" * lines)
    assert too_long(sample, limit=FUNCTION_LINES) == found


def test_the_tree_is_really_read() -> None:
    assert ROOT / "manage.py" in sources()
    assert Path(__file__) not in sources()
    assert Path(__file__) in matching(".py", under="tests")
