"""The help desk's own programs, as the supervisor starts them."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from .leash import Program
from .places import ROOT, Places

WEB_WORKERS = 2
WEB_THREADS = 4
TASK_WORKERS = 2


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
        return self._celery("worker", "--concurrency", str(TASK_WORKERS), "--without-gossip")

    def beat(self) -> Program:
        return self._celery("beat", "--schedule", str(self.places.var / "beat-schedule"))

    def manage(self, name: str, *arguments: str) -> Program:
        return self._python(name, "manage.py", *arguments)

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
