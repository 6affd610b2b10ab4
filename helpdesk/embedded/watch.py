"""Notices changed source files by their times, for bin/dev."""

import time
from collections.abc import Iterator
from pathlib import Path

PERIOD = 1.0
# Outside of runserver Django keeps compiled templates, also when debugging.
WATCHED = {".py", ".html", ".txt"}
SKIPPED = {".venv", "var", "build", "static", "staticfiles", "tests", "node_modules", ".git"}


class SourceWatch:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._known = self._times()
        self._looked_at = time.monotonic()

    def has_changed(self) -> bool:
        """At most one look a second; true once for each change."""
        if time.monotonic() - self._looked_at < PERIOD:
            return False
        found = self._times()
        changed, self._known = found != self._known, found
        self._looked_at = time.monotonic()
        return changed

    def _times(self) -> dict[Path, float]:
        return {path: path.stat().st_mtime for path in self._sources()}

    def _sources(self) -> Iterator[Path]:
        for folder in self._root.iterdir():
            if folder.is_dir() and folder.name not in SKIPPED:
                yield from (p for p in folder.rglob("*") if p.suffix in WATCHED and p.exists())
