"""The stage, and clients for everybody on it."""

from __future__ import annotations

import pytest

from tests.security.stage import Stage, set_the_stage


@pytest.fixture
def stage(db: None) -> Stage:
    return set_the_stage()
