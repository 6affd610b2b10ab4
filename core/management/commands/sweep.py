"""Runs the sweeps by hand, or for ever where no Celery beat is wanted."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import Error

from core import clock, sweeping
from core.registries import sweeps
from core.tasks import SWEEP_SECONDS


class Command(BaseCommand):
    help = "Do what is due: send mails, run jobs, and whatever else the apps registered."

    def add_arguments(self, parser: ArgumentParser) -> None:
        rhythm = parser.add_mutually_exclusive_group()
        rhythm.add_argument("--once", action="store_true", help="run each sweep once (the default)")
        rhythm.add_argument("--forever", action="store_true", help="run them every 15 s")
        parser.add_argument("--only", default="", metavar="KEY", help="run this sweep alone")

    def handle(self, *args: Any, **options: Any) -> None:
        only = options["only"]
        if only and only not in sweeps:
            known = ", ".join(key for key, _sweep in sweeps)
            raise CommandError(f"There is no sweep {only}. Known are: {known}.")
        keys = [key for key, _sweep in sweeps if not only or key == only]
        self._run(keys)
        while options["forever"]:
            time.sleep(SWEEP_SECONDS)
            try:
                self._run(keys)
            except Error as failure:
                # The database is away; the next round asks again, on a new connection.
                self.stderr.write(f"sweep: {failure}")

    def _run(self, keys: list[str]) -> None:
        for key in keys:
            done = sweeping.run_alone(key, now=clock.now())
            self.stdout.write(f"{key}: {done}")
