"""Builds the demo company: `manage.py demo [--recent | --history | --sign-ins]`."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import clock
from helpdesk.demo import founding, play


class Command(BaseCommand):
    """Four departments, their people, and 90 days of tickets through the real actions (N6)."""

    help = "Build the demo company; safe to run twice, refused in production."

    def add_arguments(self, parser: ArgumentParser) -> None:
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--recent", action="store_true", help="only the tickets of the last days")
        act.add_argument("--history", action="store_true", help="only the 90 days before")
        act.add_argument("--sign-ins", action="store_true", help="print whom to sign in as")
        parser.add_argument("--tickets", type=int, default=play.TICKETS, help="how many in all")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo is only built where the environment says DEMO=1.")
        if options["sign_ins"]:
            self._print_sign_ins()
            return
        plan = play.prepare(now=clock.now(), tickets=options["tickets"])
        if not options["history"]:
            self._follow("recent tickets", play.play_recent(plan))
        if not options["recent"]:
            self._follow("tickets of 90 days", play.play_history(plan))

    def _print_sign_ins(self) -> None:
        for role, email, password in founding.sign_ins():
            self.stdout.write(f"{role}\t{email}\t{password}")

    def _follow(self, what: str, progress: Iterator[play.Progress]) -> None:
        began, shown = time.monotonic(), 0
        step = None
        for step in progress:
            if step.done - shown >= max(10, step.total // 10):
                shown = step.done
                self.stdout.write(f"Demo: {step.done} of {step.total} {what}")
                self.stdout.flush()
        if step is not None:
            seconds = time.monotonic() - began
            self.stdout.write(f"Demo: {step.total} {what} in {seconds:.0f} s")
