"""A start repeats what has changed, and nothing else."""

import os
from pathlib import Path

import pytest

from helpdesk.embedded import stamps
from helpdesk.embedded.stamps import Stamp, fingerprint


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "0001_initial.py"
    path.write_text("one")
    return path


def test_stamp_is_fresh_until_its_sources_change(source: Path, tmp_path: Path) -> None:
    def stamp() -> Stamp:
        return Stamp(tmp_path / "done", fingerprint([source]))

    assert not stamp().is_fresh
    stamp().renew()
    assert stamp().is_fresh
    os.utime(source, (1, 1))
    assert not stamp().is_fresh


def test_stamp_is_stale_when_its_product_is_gone(source: Path, tmp_path: Path) -> None:
    product = tmp_path / "collected"
    stamp = Stamp(tmp_path / "done", fingerprint([source]), product=product)
    stamp.renew()
    assert not stamp.is_fresh
    product.touch()
    assert stamp.is_fresh


def test_sources_of_tables_and_statics_are_found(tmp_path: Path) -> None:
    assert stamps.tables(tmp_path / "a").fingerprint != fingerprint([stamps.PACKAGES])
    assert stamps.statics(tmp_path / "b").fingerprint != fingerprint([stamps.PACKAGES])
