"""The files of this repository, as the architecture tests read them."""

import ast
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SKIPPED = {".git", ".venv", "var", "build", "staticfiles", "node_modules", "__pycache__"}
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> tuple[Path, ...]:
    """What is or would be committed: git knows what is ignored; an archive without git has all."""
    git = shutil.which("git") or "false"
    listed = subprocess.run(
        [git, "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        return tuple(sorted(_walk(ROOT)))
    names = filter(None, listed.stdout.decode().split("\0"))
    return tuple(path for name in sorted(set(names)) if (path := ROOT / name).is_file())


def matching(*suffixes: str, under: str = "") -> list[Path]:
    top = ROOT / under
    return [p for p in files() if p.suffix in suffixes and p.is_relative_to(top)]


def sources() -> list[Path]:
    """Python of the product: no tests, no generated migrations."""
    return [p for p in matching(".py") if not {"tests", "migrations"} & set(parts(p))]


def parts(path: Path) -> tuple[str, ...]:
    return path.relative_to(ROOT).parts


def shown(path: Path, line: int | None = None) -> str:
    name = str(path.relative_to(ROOT))
    return name if line is None else f"{name}:{line}"


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.is_dir() and path.name not in SKIPPED:
            yield from _walk(path)
        elif path.is_file():
            yield path
