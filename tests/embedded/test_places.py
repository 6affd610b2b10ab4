"""Socket folders are short, ours and closed."""

import os
import shutil
from pathlib import Path

import pytest

from helpdesk.embedded import places
from helpdesk.embedded.places import PlaceRefused, Places, socket_folder


def test_sockets_lie_in_the_wanted_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SOCKET_PATH_LIMIT", 4096)
    folder = socket_folder(tmp_path / "run")
    assert folder == tmp_path / "run"
    assert folder.stat().st_mode & 0o777 == 0o700


def test_too_deep_a_folder_gets_a_short_one(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 30)
    folder = socket_folder(deep)
    assert len(os.fsencode(folder / ".s.PGSQL.5432.lock")) < 107
    assert folder == socket_folder(deep)
    assert folder != socket_folder(deep / "other")
    for made in (folder, socket_folder(deep / "other")):
        shutil.rmtree(made)


def test_folder_of_someone_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "SOCKET_PATH_LIMIT", 4096)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PlaceRefused, match="belongs to someone else"):
        socket_folder(tmp_path / "run")


def test_var_dir_of_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    assert Places.from_environment().secrets == tmp_path / "secrets.env"
