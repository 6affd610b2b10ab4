"""Runs the sweeps by hand, or for ever beside beat: that one finds nothing without Redis (D-02)."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
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
        rhythm.add_argument("--forever", action="store_true", help="run them every 10 s")
        parser.add_argument("--only", default="", metavar="KEY", help="run this sweep alone")
        parser.add_argument("--heartbeat", metavar="FILE", help="touch this file after each round")

    def handle(self, *args: Any, **options: Any) -> None:
        only = options["only"]
        if only and only not in sweeps:
            known = ", ".join(key for key, _sweep in sweeps)
            raise CommandError(f"There is no sweep {only}. Known are: {known}.")
        keys = [key for key, _sweep in sweeps if not only or key == only]
        self._run(keys, is_quiet=options["forever"])
        while options["forever"]:
            if options["heartbeat"]:
                Path(options["heartbeat"]).touch()
            time.sleep(SWEEP_SECONDS)
            try:
                self._run(keys, is_quiet=True)
            except Error as failure:
                # The database is away; the next round asks again, on a new connection.
                self.stderr.write(f"sweep: {failure}")

    def _run(self, keys: list[str], *, is_quiet: bool) -> None:
        """Each sweep once; a quiet round tells only what it did."""
        for key in keys:
            done = sweeping.run_alone(key, now=clock.now())
            if done or not is_quiet:
                self.stdout.write(f"{key}: {done}")
