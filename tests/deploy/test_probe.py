"""The containers' health checks tell well from ill."""

import os
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from helpdesk import probe


class Door(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        is_known = self.headers["Host"] == "help.example.com" and self.path == "/healthz"
        self.send_response(200 if is_known else 400)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    server = HTTPServer(("127.0.0.1", 0), Door)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    monkeypatch.setattr(probe, "PORT", server.server_port)
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("door")
@pytest.mark.parametrize(
    ("site", "code"), [("https://help.example.com", 0), ("https://elsewhere.example", 1)]
)
def test_web_is_asked_under_its_public_name(
    site: str, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SITE_URL", site)
    assert probe.main(["web"]) == code


def test_silent_web_is_ill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "PORT", 9)
    assert probe.main(["web"]) == 1


@pytest.mark.parametrize(("age", "code"), [(10, 0), (1000, 1)])
def test_beat_is_ill_when_it_writes_no_more(tmp_path: Path, age: int, code: int) -> None:
    schedule = tmp_path / "beat-schedule.db"
    schedule.touch()
    os.utime(schedule, (time.time() - age,) * 2)
    assert probe.main(["beat", str(tmp_path / "beat-schedule")]) == code


def test_beat_is_ill_before_it_wrote(tmp_path: Path) -> None:
    assert probe.main(["beat", str(tmp_path / "beat-schedule")]) == 1


def test_worker_nobody_answers_for_is_ill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "PATIENCE", 0.2)
    assert probe.main(["worker"]) == 1
