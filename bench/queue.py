"""The queue beside the framework floor and django-helpdesk; writes docs/benchmarks.md.

    nice python -m bench.queue [10000 100000 1000000]

Each size is seeded into a throw-away cluster, on the RAM disk where there is one.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.queue_goals import goals
from helpdesk.embedded.engines import postgres, valkey

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- queue -->", "<!-- /queue -->"
TUNING = {"shared_buffers": "1GB", "work_mem": "32MB", "maintenance_work_mem": "512MB"}

Measured = dict[str, Any]


def main(sizes: list[int]) -> None:
    measured: dict[int, Measured] = {}
    for size in sizes:
        measured[size] = measure(size)
        print(f"{size:,} tickets measured", flush=True)
    text = f"{table(measured)}\n\n{goals(measured)}\n\nLoad of the machine at the end: {os.getloadavg()[1]:.1f}."
    print(text)
    page = PAGE.read_text()
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}")


def measure(size: int) -> Measured:
    """Seed a throw-away cluster and time the pages in a fresh process."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 -- the RAM disk
    with tempfile.TemporaryDirectory(prefix="hb-", dir=memory) as name:
        folder = Path(name)
        folder.chmod(0o711)
        for part in ("pg", "vk", "run"):
            (folder / part).mkdir()
        with (
            postgres(folder / "pg", folder / "run", fsync=False, settings=TUNING) as database,
            valkey(folder / "vk", folder / "run") as redis,
        ):
            env = {
                **os.environ,
                "DATABASE_URL": database.url,
                "REDIS_URL": redis.url,
                "SECRET_KEY": "bench" * 12,
                "VAR_DIR": name,
                "STATEMENT_TIMEOUT_MS": "0",
                "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
                "LOG_LEVEL": "ERROR",
            }
            run(env, "manage.py", "migrate", "--no-input", "-v0")
            run(env, "-m", "bench.seed", str(size))
            said = run(env, "-m", "bench.measure", str(size)).splitlines()
            print(*said[:-1], sep="\n")
            return json.loads(said[-1])


def run(env: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout[-2000:] + done.stderr[-4000:])
    return done.stdout


def table(measured: dict[int, Measured]) -> str:
    """Medians in ms, each page as a ratio to the tight floor of the same run, and statements."""
    sizes = list(measured)
    lines = [
        "| page | statements | "
        + " | ".join(f"{size:,} tickets: ms (× tight floor)" for size in sizes)
        + " |",
        "|---|---|" + "---|" * len(sizes),
    ]
    for page in measured[sizes[0]]["rounds"]:
        cells = [_cell(measured[size]["rounds"], page) for size in sizes]
        counted = measured[sizes[0]]["statements"].get(page, "")
        lines.append(f"| {page} | {counted} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cell(rounds: dict[str, list[float]], page: str) -> str:
    if page not in rounds:
        return "–"
    pairs = zip(rounds[page], rounds["floor, tight"], strict=True)
    ratio = statistics.median(ours / floor for ours, floor in pairs)
    return f"{statistics.median(rounds[page]):,.1f} ({ratio:.2f})"


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])
