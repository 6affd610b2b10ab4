"""The embedded PostgreSQL: one cluster in one folder, reached by a Unix socket only."""

import os
import subprocess
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from signal import SIGINT, SIGKILL

import psycopg
from psycopg import sql

from .binaries import postgres_binaries
from .engine import CLEAN_ENVIRONMENT, Engine, EngineFailed
from .leash import Identity, Program, unprivileged
from .places import admit

DATABASE = "helpdesk"
BUILTIN_LOCALE_SINCE = 17
STATE_LINE = 7
LEFTOVER_PATIENCE = 10.0


@dataclass(frozen=True)
class Postgres(Engine):
    data_dir: Path
    socket_dir: Path
    bin_dir: Path = field(default_factory=postgres_binaries)
    settings: Mapping[str, str] = field(default_factory=dict)
    identity: Identity = field(default_factory=unprivileged)
    database: str = DATABASE

    @property
    def url(self) -> str:
        return f"postgres://{DATABASE}@/{self.socket_dir}/{self.database}"

    @property
    def version(self) -> int:
        answer = self._run("postgres", "--version")
        return int(answer.split()[2].split(".")[0])

    def program(self) -> Program:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "log_timezone": "UTC",
            "log_min_messages": "fatal",  # what fails in a statement, its caller reports
            "log_line_prefix": "",
            "timezone": "UTC",
            "jit": "off",
            **self.settings,
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return Program(
            name="postgres",
            command=(str(self.bin_dir / "postgres"), "-D", str(self.data_dir), *options),
            env=CLEAN_ENVIRONMENT,
            stop_signal=SIGINT,  # "fast": TERM would wait for every connection to close
            identity=self.identity,
        )

    def prepare(self) -> None:
        for folder in (self.data_dir, self.socket_dir):
            admit(self.identity, folder)
        if not (self.data_dir / "PG_VERSION").exists():
            self._initialise()
        self._require_same_version()
        _clear_leftover(self.data_dir)

    def is_ready(self) -> bool:
        """As pg_ctl asks: the eighth line of its pid file. Knocking too early fills the log."""
        with suppress(OSError, IndexError):
            lines = (self.data_dir / "postmaster.pid").read_text().splitlines()
            return lines[STATE_LINE].strip() == "ready"
        return False

    def connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host=str(self.socket_dir),
            user=DATABASE,
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def create_database(self) -> None:
        with (
            self.connect("postgres") as connection,
            suppress(psycopg.errors.DuplicateDatabase),
        ):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.database)))

    def _initialise(self) -> None:
        locale = ["--locale=C.UTF-8"]
        if self.version >= BUILTIN_LOCALE_SINCE:  # the same order of letters on every machine
            locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        trust = ["--username", DATABASE, "--auth", "trust"]  # the socket's folder is ours alone
        self._run(
            "initdb", "-D", str(self.data_dir), "--encoding", "UTF8", "--no-sync", *trust, *locale
        )

    def _require_same_version(self) -> None:
        found = int((self.data_dir / "PG_VERSION").read_text().strip())
        if found != self.version:
            raise EngineFailed(
                f"{self.data_dir} was made by PostgreSQL {found}, this is {self.version}. "
                "Dump it with the old one and load it into the new one, or use another VAR_DIR."
            )

    def _run(self, name: str, *arguments: str) -> str:
        done = subprocess.run(
            [*self.identity.prefix, str(self.bin_dir / name), *arguments],
            env=CLEAN_ENVIRONMENT,
            user=self.identity.user,
            group=self.identity.user,
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise EngineFailed(f"{name} failed: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout


def _clear_leftover(data_dir: Path) -> None:
    """A killed supervisor's server may still be stopping; a machine's crash leaves its pid file.

    PostgreSQL itself would refuse to start when another program of ours has got that number.
    """
    pid_file = data_dir / "postmaster.pid"
    if not pid_file.exists() or not Path("/proc").is_dir():
        return
    pid = int(pid_file.read_text().split()[0])
    deadline = time.monotonic() + LEFTOVER_PATIENCE
    while _serves(pid, data_dir):
        if time.monotonic() > deadline:
            os.kill(pid, SIGKILL)
        time.sleep(0.1)
    pid_file.unlink(missing_ok=True)


def _serves(pid: int, data_dir: Path) -> bool:
    with suppress(OSError):
        return os.fsencode(data_dir) in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False
