"""The list of checks behind bin/test and bin/lint, with the time of each and a summary."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from bin.tools import CHROMIUM, GETTEXT, ToolMissing, can_install
from helpdesk.embedded.engines import Running, postgres, valkey
from helpdesk.embedded.places import ROOT
from helpdesk.embedded.postgres import Postgres

MESSAGES = ("--locale", "en", "--no-wrap", "--add-location", "file", "--ignore", "tests/*")
TEMPLATE = "template_of_tests"
RAM_DISK = Path("/dev/shm")  # noqa: S108 - a private folder is made in it
NOT_BROWSER = "not browser and not drill and not postfix"
# Drills and starts mostly wait, so that a third worker finds time on two cores; Chromium does not.
PARALLEL = ("-n", "3", "--maxschedchunk", "2")
BROWSERS = ("-n", "2", "--maxschedchunk", "1")
QUICK = f"{NOT_BROWSER} and not slow"
# Where Python may keep no bytecode, each of a hundred processes compiles 1,700 files again.
UNWANTED = ("PYTHONDONTWRITEBYTECODE",)
NO_DEPLOYMENT = {"SECRET_KEY": "only-for-the-tests", "DATABASE_URL": "postgres:///unused"}
DEPLOYMENT = {
    "DEBUG": "0",
    "DEMO": "0",
    "SITE_URL": "https://help.example.com",
    "SECRET_KEY": "a-deployment-makes-its-own-" + "0123456789abcdefghijklmnopqrstuv",
}


class CheckFailed(Exception):
    """The check found something; the message is what it found."""


def environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in UNWANTED}
    return kept | NO_DEPLOYMENT


@dataclass
class Bench:
    """Where the checks run: the programs of .venv, the throw-away engines' addresses."""

    env: dict[str, str] = field(default_factory=environment)
    pytest_arguments: Sequence[str] = ()
    migrating: "subprocess.Popen[bytes] | None" = None

    def run(self, *command: str, env: dict[str, str] | None = None, cwd: Path = ROOT) -> str:
        """Its output; raises CheckFailed with it when the program says no."""
        done = self._start(*command, env=env, cwd=cwd, stdout=subprocess.PIPE)
        output = done.stdout.decode(errors="replace")
        if done.returncode:
            raise CheckFailed(output.strip() or f"ended with code {done.returncode}")
        return output

    def show(self, *command: str) -> None:
        """For tests: what they print is seen while they run."""
        if self.migrating is not None and self.migrating.wait():
            raise CheckFailed("manage.py migrate failed")
        if code := self._start(*command, env=None, cwd=ROOT, stdout=None).returncode:
            raise CheckFailed(f"{Path(command[0]).name} ended with code {code}")

    def _start(
        self, *command: str, env: dict[str, str] | None, cwd: Path, stdout: int | None
    ) -> "subprocess.CompletedProcess[bytes]":
        name, *rest = command
        program = Path(sys.executable).parent / name
        return subprocess.run(
            [str(program) if program.exists() else name, *rest],
            env={**self.env, **(env or {})},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            check=False,
        )


@dataclass(frozen=True)
class Check:
    """A line of the list; what `run` returns is a remark printed beside it."""

    name: str
    run: Callable[[Bench], str | None]
    is_quick: bool = True


def ruff_format(bench: Bench) -> None:
    bench.run("ruff", "format", "--check", ".")


def format_in_place(bench: Bench) -> None:
    bench.run("ruff", "format", ".")
    with suppress(CheckFailed):  # it calls a changed file a failure
        bench.run("djlint", "--reformat", "--quiet", "templates")


def ruff_check(bench: Bench) -> None:
    bench.run("ruff", "check", ".")


def layers(bench: Bench) -> None:
    bench.run("lint-imports", "--no-cache")


def types(bench: Bench) -> None:
    bench.run("mypy")


def templates(bench: Bench) -> None:
    bench.run("djlint", "--check", "--lint", "--quiet", "templates")


def migrations(bench: Bench) -> None:
    bench.run("python", "manage.py", "makemigrations", "--check", "--dry-run")


def deployment(bench: Bench) -> None:
    bench.run("python", "manage.py", "check", "--deploy", "--fail-level", "WARNING", env=DEPLOYMENT)


def messages(bench: Bench) -> str | None:
    """Every visible string is in the catalogues, and nothing else."""
    if GETTEXT.find() is None and not can_install():
        return "NOT RUN: gettext is missing (apt-get install gettext)"
    GETTEXT.require()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "tree"
        skipped = shutil.ignore_patterns(".*", "var", "build", "staticfiles", "__pycache__")
        shutil.copytree(ROOT, copy, ignore=skipped)
        bench.run("python", "manage.py", "makemessages", *MESSAGES, cwd=copy)
        drifted = [
            str(path.relative_to(copy))
            for path in sorted((copy / "locale").rglob("*.po"))
            if _entries(path) != _entries(ROOT / path.relative_to(copy))
        ]
    if drifted:
        command = " ".join(("manage.py makemessages", *MESSAGES))
        raise CheckFailed(f"{', '.join(drifted)} is not up to date. Run: {command}")
    return None


def _entries(catalogue: Path) -> list[str]:
    """Without the header's dates and the places, which move with every line of code."""
    lines = catalogue.read_text().splitlines() if catalogue.exists() else []
    return [line for line in lines if not line.startswith(('"POT-Creation', '"PO-Rev', "#:"))]


def vulnerabilities(bench: Bench) -> str:
    report = Path(tempfile.mkdtemp()) / "audit.json"
    command = ("pip-audit", "--no-deps", "--disable-pip", "--progress-spinner", "off")
    try:
        output = bench.run(
            *command, "-r", "requirements/embedded.txt", "-f", "json", "-o", str(report)
        )
    except CheckFailed as refusal:
        output = str(refusal)
    if not report.exists():
        return f"NOT RUN: no answer from the vulnerability service ({output.splitlines()[-1:]})"
    packages = json.loads(report.read_text())["dependencies"]
    found = [f"{p['name']} {v['id']}" for p in packages for v in p.get("vulns", ())]
    if found:
        raise CheckFailed("\n".join(found))
    known = sum("vulns" in package for package in packages)
    if not known:
        return "NOT RUN: the vulnerability service knows none of the packages (offline?)"
    return f"{known} of {len(packages)} packages audited"


def quick_tests(bench: Bench) -> None:
    bench.show("pytest", "-q", *PARALLEL, "-m", QUICK)


def tests(bench: Bench) -> None:
    bench.show("pytest", "-q", *PARALLEL, "-m", NOT_BROWSER)


def browser_tests(bench: Bench) -> None:
    bench.env["CHROMIUM"] = CHROMIUM.require()
    bench.show("pytest", "-q", *BROWSERS, "-m", "browser")


def chosen_tests(bench: Bench) -> None:
    bench.env["CHROMIUM"] = CHROMIUM.find() or ""
    bench.show("pytest", *bench.pytest_arguments)


LINT = (
    Check("format", format_in_place),
    Check("lint", ruff_check),
    Check("layers", layers),
    Check("types", types),
    Check("templates", templates),
)
ALL = (
    Check("format", ruff_format),
    *LINT[1:],
    Check("migrations", migrations),
    Check("messages", messages, is_quick=False),
    Check("deployment", deployment),
    Check("vulnerabilities", vulnerabilities, is_quick=False),
    Check("tests", tests, is_quick=False),
    Check("browser tests", browser_tests, is_quick=False),
)
QUICK_LIST = (*(check for check in ALL if check.is_quick), Check("quick tests", quick_tests))
CHOSEN = (Check("chosen tests", chosen_tests),)


def perform(checks: Sequence[Check], bench: Bench) -> bool:
    failed = []
    for check in checks:
        print(f"...  {check.name}", flush=True)
        began = time.monotonic()
        try:
            remark, verdict = check.run(bench) or "", "ok  "
        except (CheckFailed, ToolMissing) as finding:
            remark, verdict = "", "FAIL"
            print(finding, flush=True)
            failed.append(check.name)
        seconds = time.monotonic() - began
        print(f"{verdict} {check.name:<16}{seconds:6.1f} s  {remark}".rstrip(), flush=True)
    if failed:
        print("Failed: " + ", ".join(failed))
    print(f"checks: {len(checks) - len(failed)} passed, {len(failed)} failed", flush=True)
    return not failed


@contextmanager
def engines(bench: Bench) -> Iterator[None]:
    """A cluster and a Valkey of our own, thrown away afterwards."""
    parent = RAM_DISK if os.access(RAM_DISK, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="helpdesk-", dir=parent))
    bench.env["TEST_FOLDER"] = str(folder)
    settings = {"shared_buffers": "256MB", "max_connections": "200"}
    try:
        with (
            (folder / "postgres.log").open("wb") as log,
            postgres(
                folder / "postgres", folder / "run", fsync=False, settings=settings, log=log
            ) as database,
            valkey(folder / "valkey", folder / "run") as wakeups,
        ):
            bench.env |= {
                "DATABASE_URL": database.url,
                "REDIS_URL": wakeups.url,
                "VAR_DIR": str(folder / "var"),
            }
            with template(bench, database):
                yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def template(bench: Bench, server: Running) -> Iterator[None]:
    """Migrations run once, beside the first checks; each worker's database is a copy (conftest)."""
    engine = replace(cast(Postgres, server.engine), database=TEMPLATE)
    engine.create_database()
    env = bench.env | {"DATABASE_URL": engine.url}
    command = [sys.executable, "manage.py", "migrate", "--no-input", "-v0"]
    with subprocess.Popen(command, cwd=ROOT, env=env) as bench.migrating:
        bench.env["TEST_TEMPLATE"] = TEMPLATE
        yield


def read_arguments() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="bin/test", description="Run all checks. Other arguments go to pytest, alone."
    )
    parser.add_argument("--quick", action="store_true", help="no browser, nothing slow")
    parser.add_argument("--lint", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--postgres", metavar="DIR", help="folder of another PostgreSQL's programs")
    return parser.parse_known_args()


def main() -> int:
    given, pytest_arguments = read_arguments()
    if given.postgres:
        os.environ["POSTGRES_BIN"] = given.postgres
    bench = Bench(pytest_arguments=pytest_arguments)
    checks = QUICK_LIST if given.quick else ALL
    if given.lint:
        checks = LINT
    elif pytest_arguments:
        checks = CHOSEN
    with nullcontext() if given.lint else engines(bench):
        return 0 if perform(checks, bench) else 1


def leave(number: int, frame: object) -> None:
    """TERM unwinds as Ctrl-C does, so that the engines are stopped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, leave)
    sys.exit(main())
