"""bin/dev notices what a developer changes, and only that."""

import os
from pathlib import Path

import pytest

from helpdesk.embedded import watch
from helpdesk.embedded.watch import SourceWatch


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(watch, "PERIOD", 0)
    for name in ("tickets/models.py", "templates/base.html", "var/x.py", "tickets/notes.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "noticed"),
    [
        ("tickets/models.py", True),
        ("templates/base.html", True),
        ("var/x.py", False),
        ("tickets/notes.md", False),
    ],
)
def test_changed_source_is_noticed_once(tree: Path, name: str, *, noticed: bool) -> None:
    sources = SourceWatch(tree)
    assert not sources.has_changed()
    os.utime(tree / name, (1, 1))
    assert sources.has_changed() is noticed
    assert not sources.has_changed()


def test_new_and_removed_files_are_noticed(tree: Path) -> None:
    sources = SourceWatch(tree)
    (tree / "tickets/views.py").touch()
    assert sources.has_changed()
    (tree / "tickets/views.py").unlink()
    assert sources.has_changed()
