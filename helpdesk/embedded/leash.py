"""Starts programs so that none of them can outlive the process that started it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO

NOBODY = 65534
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Identity:
    """Who a program runs as: a user namespace entered by a prefix, another user, or just us."""

    prefix: tuple[str, ...] = ()
    user: int | None = None

    def own(self, folder: Path) -> None:
        """Give the folder and what is in it to the user the program runs as."""
        if self.user is None:
            return
        os.chown(folder, self.user, self.user)
        for path in folder.rglob("*"):
            os.chown(path, self.user, self.user, follow_symlinks=False)


@dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    identity: Identity = Identity()
    cwd: Path | None = None


@cache
def unprivileged() -> Identity:
    """PostgreSQL refuses to run as root: as root we appear as nobody, in our own user namespace."""
    if os.geteuid() != 0:
        return Identity()
    enter = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}")
    try:
        probe = subprocess.run([*enter, "true"], capture_output=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return Identity(user=NOBODY)
    return Identity(prefix=enter) if probe.returncode == 0 else Identity(user=NOBODY)


def spawn(program: Program, *, output: IO[bytes] | int | None = None) -> subprocess.Popen[bytes]:
    """Start it in a process group of its own, told by the kernel when we die.

    Call it from the main thread: Linux sends that signal when the starting *thread* ends.
    """
    user = program.identity.user
    return subprocess.Popen(
        [*program.identity.prefix, *program.command],
        env=dict(program.env),
        cwd=program.cwd,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
        preexec_fn=_leash(program.stop_signal),  # noqa: PLW1509 - called from a single thread
        user=user,
        group=user,
        extra_groups=[] if user is not None else None,
    )


def request_stop(child: subprocess.Popen[bytes], program: Program) -> None:
    """Ask the leader only: a Celery or granian parent winds its own children down in order."""
    if child.poll() is None:
        child.send_signal(program.stop_signal)


def end(child: subprocess.Popen[bytes], program: Program, *, patience: float = 6) -> int:
    """Stop it in order, by force after `patience` seconds, together with all it has started."""
    request_stop(child, program)
    try:
        child.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        print(f"{program.name} did not stop within {patience:g} s and is killed.", file=sys.stderr)
    sweep(child)
    return child.wait()


def sweep(child: subprocess.Popen[bytes]) -> None:
    """Kill what is left of its process group (workers of a crashed parent keep its port)."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _leash(stop_signal: signal.Signals) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    number = int(stop_signal)

    def bind() -> None:
        prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it died before the leash was on
            os._exit(1)

    return bind
