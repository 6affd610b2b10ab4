"""The help desk's own programs, as the supervisor starts them."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace

from .leash import Program
from .places import ROOT, Places

WEB_WORKERS = 2
WEB_THREADS = 4
TASK_WORKERS = 2
# A newcomer's first start may well be as root; tasks are JSON, so nothing worse than that.
KNOWN_WARNING = "ignore:You're running the worker with superuser privileges"


@dataclass(frozen=True)
class Programs:
    places: Places
    env: Mapping[str, str]

    def web(self, *, host: str, port: int) -> Program:
        return self._python(
            "web",
            *("-m", "granian", "--interface", "wsgi", "--no-ws"),
            *("--host", host, "--port", str(port)),
            *("--workers", str(WEB_WORKERS), "--blocking-threads", str(WEB_THREADS)),
            *("--workers-kill-timeout", "5", "--respawn-failed-workers"),
            *("--log-level", "warning"),
            "helpdesk.wsgi:application",
        )

    def worker(self) -> Program:
        worker = self._celery("worker", "--concurrency", str(TASK_WORKERS), "--without-gossip")
        return replace(worker, env={**worker.env, "PYTHONWARNINGS": KNOWN_WARNING})

    def beat(self) -> Program:
        return self._celery("beat", "--schedule", str(self.places.var / "beat-schedule"))

    def sweeper(self) -> Program:
        """Beat's understudy: it needs no Redis, and two of them are harmless (D-02)."""
        return replace(self.manage("sweep", "--forever"), name="sweeper")

    def manage(self, name: str, *arguments: str) -> Program:
        return self._python(name, "manage.py", name, "--skip-checks", *arguments)

    def _celery(self, name: str, *arguments: str) -> Program:
        return self._python(
            name, "-m", "celery", "--app", "helpdesk.celery:app", "--quiet", name, *arguments
        )

    def _python(self, name: str, *arguments: str) -> Program:
        return Program(
            name=name,
            command=(sys.executable, *arguments),
            env={**os.environ, **self.env, "PYTHONUNBUFFERED": "1"},
            cwd=ROOT,
        )
