"""Mail servers for the tests of mail."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mailpipe.sink import Sink, SinkServer


@pytest.fixture
def sink_server() -> Iterator[SinkServer]:
    server = SinkServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def sink(settings, sink_server: SinkServer) -> Sink:
    """Outgoing mail arrives here."""
    settings.SMTP = sink_server.smtp
    return sink_server.sink
