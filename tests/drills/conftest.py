"""Drills have a full size for bin/drill, most of them also a quick one for every run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.drills.rig import Rig
from tests.drills.rig import rig as real_rig


@dataclass(frozen=True)
class Size:
    """How large a drill is."""

    is_full: bool

    def of(self, full: int, quick: int) -> int:
        return full if self.is_full else quick


QUICK = pytest.param(Size(is_full=False), id="quick")
FULL = pytest.param(Size(is_full=True), id="full", marks=pytest.mark.drill)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A drill marked `thorough` waits too long for every run: it has its full size only."""
    if "size" in metafunc.fixturenames:
        is_thorough = metafunc.definition.get_closest_marker("thorough")
        metafunc.parametrize("size", [FULL] if is_thorough else [QUICK, FULL])


@pytest.fixture
def rig() -> Iterator[Rig]:
    with real_rig() as ready:
        yield ready
