"""Runs one sweep without a pause in a forked child, and a new child when that one is killed.

Forking a process that has everything imported lets a drill kill the worker twice a second.
Several of one sweep have a number each: `sla.claim@2`. A file named
`clock-shift` in the folder of the drill moves their clock by so many seconds.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

import django


def tread(name: str) -> None:
    """The child: the sweep, over and over."""
    from django.db import connection

    from core import clock
    from core.registries import sweeps

    sweep, _at, _number = name.partition("@")
    while True:
        try:
            done = sweeps[sweep](clock.now() + _shift())
        except Exception:  # noqa: BLE001 -- a database that is down ends no worker
            connection.close()
            done = 0
        if not done:
            time.sleep(0.05)


def _shift() -> timedelta:
    try:
        return timedelta(seconds=int((Path(os.environ["VAR_DIR"]) / "clock-shift").read_text()))
    except (FileNotFoundError, ValueError):
        return timedelta()


def main(name: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.drills.settings")
    django.setup()
    # Imported once, here: the children start at once.
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 -- loads every module
    pid_file = Path(os.environ["VAR_DIR"]) / f"{name}.pid"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            tread(name)
        pid_file.write_text(str(child))
        try:
            os.waitpid(child, 0)
        except SystemExit:
            os.kill(child, signal.SIGKILL)
            raise


if __name__ == "__main__":
    main(sys.argv[1])
