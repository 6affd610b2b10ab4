"""The queue beside the framework floor and django-helpdesk; writes docs/benchmarks.md.

    nice python -m bench.queue [--keep FOLDER] [10000 100000 1000000]

Each size is seeded into a throw-away cluster, on the RAM disk where it fits. A kept one stays in
FOLDER/<size>; it is migrated and measured again when it is there.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]  # its stubs are a package of their own

from bench.queue_goals import goals
from helpdesk.embedded.engines import postgres, valkey

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- queue -->", "<!-- /queue -->"
SIZES = [10_000, 100_000]
RAM_DISK = "/dev/shm"  # noqa: S108 -- only the name of what may not be there
# Folders for temporary files may be a RAM disk; this one outlives a restart, so it is a disk.
DISK = "/var/tmp"  # noqa: S108 -- a folder of our own is made in it
BYTES_PER_TICKET = 12_000
SEEDED = "seeded"
# As docs/scaling.md has it for many tickets.
TUNING = {
    "shared_buffers": "1GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "512MB",
    "effective_io_concurrency": "64",
    "io_workers": "16",
}

Measured = dict[str, Any]


def main(sizes: list[int], *, keep: Path | None) -> None:
    measured: dict[int, Measured] = {}
    for size in sizes:
        with _place(size, keep) as folder:
            measured[size] = measure(size, folder)
        print(f"{size:,} tickets measured", flush=True)
    text = f"{table(measured)}\n\n{goals(measured)}\n\nLoad of the machine at the end: {os.getloadavg()[1]:.1f}."
    print(text)
    page = PAGE.read_text()
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}")


@contextmanager
def _place(size: int, keep: Path | None) -> Iterator[Path]:
    """The folder of a cluster: the kept one, or one that is thrown away."""
    if keep is not None:
        folder = keep.absolute() / str(size)
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="hb-", dir=_room_for(size)) as name:
        yield Path(name)


def _room_for(size: int) -> str:
    """The RAM disk where the cluster leaves half of the free memory, else a real disk."""
    fits = size * BYTES_PER_TICKET <= psutil.virtual_memory().available / 2
    return RAM_DISK if fits and os.access(RAM_DISK, os.W_OK) else DISK


def measure(size: int, folder: Path) -> Measured:
    """Seed a cluster in `folder` unless that was done, and time the pages in a fresh process."""
    folder.chmod(0o711)
    for part in ("pg", "vk", "run"):
        (folder / part).mkdir(exist_ok=True)
    with (
        postgres(folder / "pg", folder / "run", fsync=False, settings=TUNING) as database,
        valkey(folder / "vk", folder / "run") as redis,
    ):
        env = {
            **os.environ,
            "DATABASE_URL": database.url,
            "REDIS_URL": redis.url,
            "SECRET_KEY": "bench" * 12,
            "VAR_DIR": str(folder),
            "STATEMENT_TIMEOUT_MS": "0",
            "DJANGO_SETTINGS_MODULE": "tests.drills.settings",
            "LOG_LEVEL": "ERROR",
        }
        run(env, "manage.py", "migrate", "--no-input", "-v0")
        if not (folder / SEEDED).exists():
            run(env, "-m", "bench.seed", str(size))
            (folder / SEEDED).touch()
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


def _asked() -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="python -m bench.queue")
    words.add_argument("sizes", nargs="*", type=int, default=SIZES, metavar="tickets")
    words.add_argument("--keep", type=Path, metavar="FOLDER", help="where seeded clusters stay")
    return words.parse_args()


if __name__ == "__main__":
    asked = _asked()
    main(asked.sizes, keep=asked.keep)
