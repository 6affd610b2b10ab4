"""Each drill comes in two sizes: quick in every run, full with bin/drill."""

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


@pytest.fixture(
    params=[
        pytest.param(Size(is_full=False), id="quick"),
        pytest.param(Size(is_full=True), id="full", marks=pytest.mark.drill),
    ]
)
def size(request: pytest.FixtureRequest) -> Size:
    return request.param


@pytest.fixture
def rig() -> Iterator[Rig]:
    with real_rig() as ready:
        yield ready
