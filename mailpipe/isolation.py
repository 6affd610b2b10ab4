"""Settling one mail so that it can't take the drain with it (mail.md 6, D-24).

Small mails run in this process under an alarm. Large ones, and those that were tried before, run in
a forked child under limits of memory and processor time: a crash of the child is its exit status.
"""

from __future__ import annotations

import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from django.db import connections

from core.files import StoreFull

TIME_LIMIT = 30.0
# Beside what the process holds already; a mail of 25 MiB needs about 150 MiB.
MEMORY_LIMIT = 768 * 1024 * 1024
GRACE = 5.0
PAUSE = 0.01
WELL, RAISED, SPENT, NO_ROOM = 0, 3, 4, 5


class TookTooLong(BaseException):
    """Time or memory of one mail is used up; no tolerant `except Exception` may swallow this."""


class Crashed(Exception):
    """The child died of a signal, of memory, or of time."""


ENDS: dict[int, type[BaseException]] = {SPENT: TookTooLong, NO_ROOM: StoreFull}


@contextmanager
def time_limit(seconds: float = TIME_LIMIT) -> Iterator[None]:
    """Raise TookTooLong in the block after `seconds`, where signals can be had (main thread)."""
    try:
        previous = signal.signal(signal.SIGALRM, _expire)
    except ValueError:  # another thread: the child's own limits have to do
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


def run_in_child(work: Callable[[], object]) -> None:
    """Do `work` in a forked process with a database connection of its own.

    Raises TookTooLong, StoreFull, or Crashed when the child died of anything else. What `work`
    itself raises, it has to record before: only its exit status comes back.
    """
    for connection in connections.all(initialized_only=True):
        connection.close()
    child = os.fork()
    if child == 0:
        _live_and_die(work)
    status = _wait(child)
    if status is None:
        raise TookTooLong
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number in (signal.SIGXCPU, signal.SIGALRM):
            raise TookTooLong
        raise Crashed(f"killed by {signal.Signals(number).name}")
    if os.WEXITSTATUS(status) in ENDS:
        raise ENDS[os.WEXITSTATUS(status)]
    if os.WEXITSTATUS(status) != WELL:
        raise Crashed(f"exit status {os.WEXITSTATUS(status)}")


def _live_and_die(work: Callable[[], object]) -> NoReturn:
    """The child's whole life; it never returns into the parent's code."""
    status = RAISED
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM):
            signal.signal(number, signal.SIG_DFL)
        _limit_memory()
        resource.setrlimit(resource.RLIMIT_CPU, (int(TIME_LIMIT), int(TIME_LIMIT + GRACE)))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        work()
        status = WELL
    except TookTooLong:
        status = SPENT
    except StoreFull:
        status = NO_ROOM
    finally:
        os._exit(status)


def _limit_memory() -> None:
    limit = _address_space() + MEMORY_LIMIT
    _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _address_space() -> int:
    """What the process has mapped already (Linux)."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _wait(child: int) -> int | None:
    """The child's status, None when it had to be killed for its time."""
    ends_at = time.monotonic() + TIME_LIMIT + GRACE
    while time.monotonic() < ends_at:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return status
        time.sleep(PAUSE)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _expire(number: int, frame: FrameType | None) -> NoReturn:
    raise TookTooLong
