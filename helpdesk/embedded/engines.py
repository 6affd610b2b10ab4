"""PostgreSQL and Valkey for the length of a block: for drills, tests and the supervisor."""

import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGKILL
from typing import IO

from .engine import Engine, EngineFailed
from .leash import end, spawn, sweep
from .places import socket_folder
from .postgres import Postgres
from .valkey import Valkey

START_PATIENCE = 30.0
THROW_AWAY: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@dataclass
class Running:
    """An engine that a test or drill may stop, kill and start again by its own process id."""

    engine: Engine
    log: IO[bytes] | int = subprocess.DEVNULL
    child: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.engine.url

    def start(self) -> None:
        self.engine.prepare()
        self.child = spawn(self.engine.program(), output=self.log)
        deadline = time.monotonic() + START_PATIENCE
        while not self.engine.is_ready():
            if self.child.poll() is not None or time.monotonic() > deadline:
                raise EngineFailed(f"{self.engine.program().name} did not start.")
            time.sleep(0.02)
        if isinstance(self.engine, Postgres):
            self.engine.create_database()

    def stop(self) -> None:
        if self.child is not None:
            end(self.child, self.engine.program())
            self.child = None

    def kill(self) -> None:
        """What a power cut does: no last word, no clean files."""
        if self.child is not None:
            self.child.send_signal(SIGKILL)
            self.child.wait()
            sweep(self.child)
            self.child = None


@contextmanager
def running(engine: Engine, *, log: IO[bytes] | int = subprocess.DEVNULL) -> Iterator[Running]:
    server = Running(engine, log=log)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@contextmanager
def postgres(
    data_dir: Path,
    socket_dir: Path,
    *,
    fsync: bool = True,
    settings: Mapping[str, str] | None = None,
    log: IO[bytes] | int = subprocess.DEVNULL,
) -> Iterator[Running]:
    """A server for the length of the block; without fsync it is fast and must be thrown away."""
    engine = Postgres(
        data_dir,
        socket_folder(socket_dir),
        settings={**({} if fsync else THROW_AWAY), **(settings or {})},
    )
    with running(engine, log=log) as server:
        yield server


@contextmanager
def valkey(
    data_dir: Path, socket_dir: Path, *, log: IO[bytes] | int = subprocess.DEVNULL
) -> Iterator[Running]:
    with running(Valkey(data_dir, socket_folder(socket_dir)), log=log) as server:
        yield server
