"""Starts django-helpdesk beside us: an environment and a database that are thrown away.

It is a reference only and no dependency: bench/requirements-reference.txt pins it.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parent.parent.parent
PINS = ROOT / "bench" / "requirements-reference.txt"
PAGES = ("open list", "mine", "ticket", "ticket, 200 messages", "reply")
PATIENCE_SECONDS = 120

Ask = Callable[[str], float]


@contextmanager
def reference(folder: Path, tickets: int) -> Iterator[Ask | None]:
    """Asks for a page by name, answered in milliseconds; None where it can't be installed."""
    python = _installed(folder)
    if python is None:
        yield None
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS reference")  # of an earlier run on a kept cluster
        cursor.execute("CREATE DATABASE reference")
    told = connection.get_connection_params()
    environment = {
        **os.environ,
        "PYTHONPATH": "",  # its package is called helpdesk, as one of ours is
        "DJANGO_SETTINGS_MODULE": "settings",
        "REFERENCE_DIR": str(folder),
        "REFERENCE_HOST": str(told.get("host", "")),
        "REFERENCE_USER": str(told.get("user", "")),
    }
    child = subprocess.Popen(
        [str(python), str(Path(__file__).with_name("answer.py")), str(tickets)],
        cwd=folder,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline().strip() == "ready", "the reference did not start"
        yield _asking(child)
    finally:
        child.terminate()
        child.wait()


def _asking(child: subprocess.Popen[str]) -> Ask:
    def ask(page: str) -> float:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(f"{page}\n")
        child.stdin.flush()
        return float(json.loads(child.stdout.readline()))

    return ask


def _installed(folder: Path) -> Path | None:
    place = folder / "reference"
    steps = (
        ["uv", "venv", "--quiet", str(place)],
        ["uv", "pip", "install", "--quiet", "-p", str(place), "-r", str(PINS)],
    )
    for step in steps:
        try:
            subprocess.run(step, check=True, capture_output=True, timeout=PATIENCE_SECONDS)
        except (OSError, subprocess.SubprocessError) as failure:
            print(f"django-helpdesk can't be installed, so it is left out: {failure}")
            return None
    return place / "bin" / "python"
