"""Real engines and real processes in a folder of their own, each killed by its own process id."""

from __future__ import annotations

import atexit
import fcntl
import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg

from helpdesk.embedded.engines import Running, postgres, valkey
from helpdesk.embedded.leash import Program, end, spawn, sweep
from helpdesk.embedded.places import Places
from helpdesk.embedded.programs import Programs
from tests.mailpipe.sink import Sink, SinkServer, free_port

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "drill battery staple"
ADDRESS = "tech@drill.example"
# A killed process must keep what it said was committed; only a power cut needs fsync as well.
HONEST = {"synchronous_commit": "on", "full_page_writes": "on"}
RESULTS = ROOT / "build" / "drills.jsonl"


@dataclass
class Rig:
    """A company with one department and one agent, and everything it runs on."""

    folder: Path
    database: Running
    redis: Running
    sinks: SinkServer
    env: dict[str, str]
    children: list[tuple[subprocess.Popen[bytes], Program]] = field(default_factory=list)
    port: int = field(default_factory=free_port)

    @property
    def sink(self) -> Sink:
        return self.sinks.sink

    @property
    def spool(self) -> Path:
        return self.folder / "spool"

    @property
    def site(self) -> str:
        return f"http://localhost:{self.port}"

    def manage(self, *arguments: str, stdin: str | None = None) -> str:
        """A management command; its output."""
        answer = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.env,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr[-4000:]
        return answer.stdout

    def pipe(self, raw: bytes, *, spool: Path | None = None) -> int:
        """Hand a mail to the intake as a mail server does; its exit status."""
        env = self.env | ({"MAIL_SPOOL": str(spool)} if spool else {})
        command = [sys.executable, "-S", "manage.py", "mailpipe", "--recipient", ADDRESS]
        done = subprocess.run(
            command, cwd=ROOT, env=env, input=raw, capture_output=True, check=False
        )
        return done.returncode

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """An answer of the database."""
        with psycopg.connect(**self._address(), autocommit=True) as line:
            return line.execute(sql, values).fetchall()

    def run(self, sql: str) -> None:
        """A statement that answers nothing."""
        with psycopg.connect(**self._address(), autocommit=True) as line:
            line.execute(sql)

    def count(self, sql: str, *values: Any) -> int:
        return int(self.rows(sql, *values)[0][0])

    def keep(self, name: str) -> subprocess.Popen[bytes]:
        """A process of the product: web, worker, beat, or a sweep that is run without a pause."""
        programs = Programs(places=Places(self.folder), env=self.env)
        if name == "web":
            program = programs.web(host="127.0.0.1", port=self.port)
        elif name in ("worker", "beat", "sweeper"):
            program = getattr(programs, name)()
        else:
            program = programs._python(name, "-m", "tests.drills.treadmill", name)
        child = spawn(program, output=subprocess.DEVNULL)
        self.children.append((child, program))
        return child

    def kill(self, child: subprocess.Popen[bytes]) -> None:
        """A power cut for one process and all it started."""
        child.kill()
        child.wait()
        sweep(child)
        self.children = [pair for pair in self.children if pair[0] is not child]

    def treader(self, name: str) -> int | None:
        """The process id of the child that does the work of a treadmill."""
        with suppress(FileNotFoundError, ValueError):
            return int((self.folder / f"{name}.pid").read_text())
        return None

    def stop(self) -> None:
        for child, program in reversed(self.children):
            end(child, program)
        self.children.clear()

    def verify(self) -> None:
        """Every drill ends with this."""
        self.manage("verify")

    def browser(self) -> httpx.Client:
        """Somebody at the web, signed in as the agent."""
        client = httpx.Client(base_url=self.site, timeout=10, follow_redirects=False)
        page = client.get("/authentication/login")
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        facts = {"login": "ada@drill.example", "password": PASSWORD, "csrfmiddlewaretoken": token}
        answer = client.post("/authentication/login", data=facts, headers={"Referer": self.site})
        assert answer.status_code == 302, answer.status_code
        return client

    def _address(self) -> dict[str, Any]:
        url = urlsplit(self.env["DATABASE_URL"])
        host, _, name = url.path.lstrip("/").rpartition("/")
        return {"host": f"/{host}", "user": url.username, "dbname": name}


@contextmanager
def rig() -> Iterator[Rig]:
    """Engines up, tables made, a company founded; everything gone at the end."""
    with tempfile.TemporaryDirectory(prefix="hd-", dir=_ram()) as name:
        folder = Path(name)
        folder.chmod(0o711)
        for part in ("vk", "run"):
            (folder / part).mkdir()
        # A stopped cluster is copied: founding the company takes longer than most drills.
        shutil.copytree(_founded(), folder / "pg", copy_function=_copy_owned)
        shutil.copystat(_founded(), folder / "pg")
        _own_like(_founded(), folder / "pg")
        with _engines(folder) as it:
            yield it


@contextmanager
def _engines(folder: Path) -> Iterator[Rig]:
    sinks = SinkServer()
    with (
        postgres(folder / "pg", folder / "run", fsync=False, settings=HONEST) as database,
        valkey(folder / "vk", folder / "run") as redis,
    ):
        sinks.start()
        it = Rig(folder, database, redis, sinks, _environment(folder, database, redis, sinks))
        it.env["SITE_URL"] = it.site
        try:
            yield it
        finally:
            it.stop()
            it.sinks.stop()


@functools.cache
def _founded() -> Path:
    """A stopped cluster with tables and a company, made once: under bin/test for all its workers."""
    run = os.environ.get("TEST_FOLDER")
    place = Path(run or tempfile.mkdtemp(prefix="hd-", dir=_ram())) / "founded"
    if run is None:
        atexit.register(shutil.rmtree, place.parent, ignore_errors=True)
    with place.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            unfinished = Path(tempfile.mkdtemp(prefix="hd-", dir=place.parent))
            _found(unfinished)
            unfinished.rename(place)
    return place / "pg"


def _found(folder: Path) -> None:
    folder.parent.chmod(0o711)
    folder.chmod(0o711)
    for part in ("pg", "vk", "run"):
        (folder / part).mkdir()
    with _engines(folder) as it:
        it.manage("migrate", "--no-input", "-v0")
        it.manage("shell", "-v0", "-c", _FOUNDING)


def _copy_owned(source: str, target: str) -> str:
    shutil.copy2(source, target)
    _own_like(Path(source), Path(target))
    return target


def _own_like(source: Path, target: Path) -> None:
    """As root the cluster belongs to somebody else, and so must its copy."""
    if os.geteuid() == 0:
        for path in (target, *(target.rglob("*") if target.is_dir() else ())):
            facts = source.stat()
            os.chown(path, facts.st_uid, facts.st_gid)


def until(question: Callable[[], Any], *, seconds: float, what: str) -> float:
    """Wait for a true answer; how long it took. An error while engines are down is a no."""
    began = time.monotonic()
    while True:
        with suppress(psycopg.Error, httpx.HTTPError, OSError):
            if question():
                return time.monotonic() - began
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.1)


def letter(mark: str, *, sender: str = "", answers: str = "", subject: str = "") -> bytes:
    """A raw mail that carries its mark in subject, body and Message-ID."""
    sender = sender or f"c{mark[:8]}@customer.example"
    lines = [
        f"From: Customer <{sender}>",
        f"To: {ADDRESS}",
        f"Subject: {subject or 'Drill ' + mark}",
        f"Message-ID: <{mark}@customer.example>",
        *([f"In-Reply-To: {answers}"] if answers else []),
        "",
        f"Please help. {mark}",
        "",
    ]
    return "\r\n".join(lines).encode()


def marks(count: int) -> list[str]:
    return [uuid.uuid4().hex for _ in range(count)]


def report(drill: str, **facts: Any) -> None:
    """One JSON line a drill, on the console and in the build folder."""
    line = json.dumps({"drill": drill, **facts})
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a") as file:
        file.write(line + "\n")
    sys.__stdout__.write(f"\n{line}\n")
    sys.__stdout__.flush()


def _environment(
    folder: Path, database: Running, redis: Running, sinks: SinkServer
) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": database.url,
        "REDIS_URL": redis.url,
        "SECRET_KEY": uuid.uuid4().hex * 2,
        "DEBUG": "0",
        "DEMO": "0",
        "ALLOWED_HOSTS": "localhost,127.0.0.1",
        "EMAIL_URL": f"smtp://127.0.0.1:{sinks.port}",
        "VAR_DIR": str(folder),
        "MAIL_SPOOL": str(folder / "spool"),
        "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
        "PYTHONPATH": str(ROOT),
        "LOG_LEVEL": "CRITICAL",
    }


def _ram() -> str | None:
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


_FOUNDING = f"""
from accounts.models import Department, DepartmentAddress, Membership, Role
from accounts.actions import create_user
from accounts.mailboxes import prove_mailbox
from accounts.models import User
from django.utils import timezone
from core import options
tech = Department.objects.create(slug="tech", name="Technical", is_default=True)
DepartmentAddress.objects.create(department=tech, email="{ADDRESS}", is_primary=True)
ada = User.objects.create_user("ada@drill.example", "{PASSWORD}", name="Ada",
                               role=Role.objects.get(slug="agent"))
prove_mailbox(ada)
Membership.objects.create(department=tech, user=ada)
options.set_value("tickets.undo_seconds", 0, actor=None, now=timezone.now())
"""
