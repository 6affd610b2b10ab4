"""One running help desk per folder: a lock that the kernel drops when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunning(Exception):
    """Another process holds the lock, and the message says which."""


@contextmanager
def held(path: Path, *, note: str) -> Iterator[None]:
    """Hold the lock for the block; the file tells others our process id and the note."""
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(_complaint(path)) from None
        file.truncate(0)
        file.write(f"{os.getpid()} {note}\n")
        file.flush()
        yield
        file.truncate(0)


def _complaint(path: Path) -> str:
    pid, _, note = path.read_text().strip().partition(" ")
    return (
        f"Helpdesk already runs here as process {pid}: {note}\n"
        f"Stop it with Ctrl-C in its terminal, or with: kill {pid}"
    )
