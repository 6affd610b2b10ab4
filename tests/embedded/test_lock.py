"""One running help desk per folder."""

import os
import re
from pathlib import Path

import pytest

from helpdesk.embedded.lock import AlreadyRunning, held


def test_second_start_names_the_first(tmp_path: Path) -> None:
    path = tmp_path / "up.lock"
    complaint = re.compile(rf"process {os.getpid()}: http://localhost:8000")
    with (
        held(path, note="http://localhost:8000"),
        pytest.raises(AlreadyRunning, match=complaint),
        held(path, note="http://localhost:8001"),
    ):
        pytest.fail("the lock was given twice")


def test_lock_is_free_again_afterwards(tmp_path: Path) -> None:
    for note in ("first", "second"):
        with held(tmp_path / "up.lock", note=note):
            assert note in (tmp_path / "up.lock").read_text()
