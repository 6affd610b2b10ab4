"""What tests of the ground floor share: a Redis of their own, and a few pages to try guards on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.redis_process import PrivateRedis


@pytest.fixture
def own_redis() -> Iterator[PrivateRedis]:
    """A running Redis that the test may kill; its socket path is short on purpose."""
    with tempfile.TemporaryDirectory(prefix="hd") as folder:
        server = PrivateRedis(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()


@pytest.fixture
def core_urls(settings) -> None:
    """Core's own addresses and those of tests/core/urls.py, whatever the apps above bring."""
    settings.ROOT_URLCONF = "tests.core.urls"
