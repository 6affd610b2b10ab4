"""bin/up from a newcomer's side: it answers, says what is wrong, and leaves nothing behind."""

import http.client
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from tests.architecture.tree import ROOT

pytestmark = pytest.mark.slow

START_PATIENCE = 120
OURS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "SITE_URL", "DEMO")


@dataclass
class Up:
    """One start of the supervisor on a folder and port of its own."""

    var: Path
    port: int
    env: dict[str, str] = field(default_factory=dict)
    child: "subprocess.Popen[bytes] | None" = None

    @property
    def words(self) -> str:
        return (self.var / "console.log").read_text()

    def start(self) -> "subprocess.Popen[bytes]":
        kept = {k: v for k, v in os.environ.items() if k not in OURS}
        with (self.var / "console.log").open("wb") as log:
            self.child = subprocess.Popen(
                [ROOT / ".venv/bin/python", "-m", "helpdesk.embedded", "--port", str(self.port)],
                cwd=ROOT,
                env={**kept, "VAR_DIR": str(self.var), "DEMO": "0", **self.env},
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.child

    def await_introduction(self) -> None:
        assert comes_true(lambda: "Helpdesk answers" in self.words or not self.runs), self.words
        assert self.runs, self.words

    @property
    def runs(self) -> bool:
        return self.child is not None and self.child.poll() is None

    def get(self, path: str) -> int:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        line.request("GET", path, headers={"Host": f"localhost:{self.port}"})
        return line.getresponse().status

    def processes(self) -> list[psutil.Process]:
        """Every process that works on our folder, by its arguments or its environment."""
        return [p for p in psutil.process_iter() if self.is_ours(p)]

    def is_ours(self, process: psutil.Process) -> bool:
        try:
            names_it = str(self.var) in " ".join(process.cmdline())
            return names_it or process.environ().get("VAR_DIR") == str(self.var)
        except psutil.Error:
            return False

    def clean_up(self) -> None:
        for process in self.processes():
            process.kill()


def comes_true(question: Callable[[], bool], *, within: float = START_PATIENCE) -> bool:
    deadline = time.monotonic() + within
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def free_port() -> int:
    """One that nobody listens at now; its neighbour may well belong to another test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def up() -> Iterator[Up]:
    with tempfile.TemporaryDirectory() as folder:
        started = Up(Path(folder), free_port())
        yield started
        started.clean_up()


@pytest.fixture
def running(up: Up) -> Up:
    if not up.runs:
        up.start()
        up.await_introduction()
    return up


def test_first_start_answers_and_says_where(running: Up) -> None:
    assert running.get("/healthz") == 200
    assert running.get("/") == 200
    assert f"http://localhost:{running.port}/" in running.words
    assert "manage.py mailpipe --recipient" in running.words
    assert "createowner" in running.words


def test_second_start_says_that_one_runs(running: Up) -> None:
    other = Up(running.var, running.port)
    log = running.words
    assert other.start().wait(timeout=20) == 1
    assert f"already runs here as process {running.child.pid}" in other.words
    (running.var / "console.log").write_text(log)
    assert running.get("/healthz") == 200


def test_manage_py_works_beside_it(running: Up) -> None:
    kept = {k: v for k, v in os.environ.items() if k not in OURS}
    done = subprocess.run(
        [ROOT / ".venv/bin/python", "manage.py", "migrate", "--check"],
        cwd=ROOT,
        env={**kept, "VAR_DIR": str(running.var)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_killed_web_server_comes_back(running: Up) -> None:
    web = next(p for p in running.processes() if "granian" in p.cmdline())
    web.kill()
    assert comes_true(lambda: "web ended with code -9" in running.words)
    assert comes_true(lambda: answers(running))


def test_term_stops_everything_within_ten_seconds(running: Up) -> None:
    began = time.monotonic()
    running.child.send_signal(signal.SIGTERM)
    assert running.child.wait(timeout=20) == 0
    assert time.monotonic() - began < 10
    assert running.processes() == []
    assert not (running.var / "running.env").exists()


def test_killed_supervisor_leaves_no_orphan_and_starts_again(running: Up) -> None:
    running.child.kill()
    running.child.wait()
    assert comes_true(lambda: running.processes() == [], within=15), running.processes()
    running.start()
    running.await_introduction()
    assert running.get("/healthz") == 200


def test_failed_start_leaves_nothing_and_says_what_failed() -> None:
    with tempfile.TemporaryDirectory() as folder:
        broken = Up(Path(folder), free_port(), env={"STATEMENT_TIMEOUT_MS": "soon"})
        assert broken.start().wait(timeout=START_PATIENCE) == 1
        assert re.search(r"manage.py \w+ failed", broken.words)
        assert broken.processes() == []


def test_taken_port_is_named_and_another_offered(up: Up) -> None:
    with socket.socket() as holder, tempfile.TemporaryDirectory() as folder:
        holder.bind(("127.0.0.1", 0))
        late = Up(Path(folder), holder.getsockname()[1])
        assert late.start().wait(timeout=20) == 1
        assert f"Port {late.port} is taken" in late.words
        assert "bin/up --port" in late.words


def answers(up: Up) -> bool:
    try:
        return up.get("/healthz") == 200
    except OSError:
        return False
