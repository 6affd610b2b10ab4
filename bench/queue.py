"""The queue at 10k and 100k tickets beside the framework floor; writes docs/benchmarks.md.

python -m bench.queue [10000 100000 1000000]
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from helpdesk.embedded.engines import postgres, valkey

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- queue -->", "<!-- /queue -->"
TUNING = {"shared_buffers": "1GB", "work_mem": "32MB", "maintenance_work_mem": "512MB"}

Rounds = dict[str, list[float]]


def main(sizes: list[int]) -> None:
    measured = {size: measure(size) for size in sizes}
    text = table(measured)
    print(text)
    page = PAGE.read_text()
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}")


def measure(size: int) -> Rounds:
    """Seed a throw-away cluster and time the pages in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="hb-") as name:
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
            return json.loads(run(env, "-m", "bench.measure").splitlines()[-1])


def run(env: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stdout[-2000:] + done.stderr[-4000:])
    return done.stdout


def table(measured: dict[int, Rounds]) -> str:
    """Medians in ms, and each page as a ratio to the tight floor of the same run."""
    sizes = list(measured)
    lines = [
        "| page | " + " | ".join(f"{size:,} tickets: ms (× tight floor)" for size in sizes) + " |",
        "|---|" + "---|" * len(sizes),
    ]
    for page in measured[sizes[0]]:
        cells = []
        for size in sizes:
            rounds = measured[size]
            pairs = zip(rounds[page], rounds["floor, tight"], strict=True)
            ratio = statistics.median(ours / floor for ours, floor in pairs)
            cells.append(f"{statistics.median(rounds[page]):.1f} ({ratio:.2f})")
        lines.append(f"| {page} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])
