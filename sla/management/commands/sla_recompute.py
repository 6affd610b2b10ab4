"""Rebuilds every clock from history and compares it with what is stored."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import statements
from sla.recomputing import differences


class Command(BaseCommand):
    help = "Rebuild every clock from the tickets' history and print each difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--check", action="store_true", help="compare only (the default)")
        mode.add_argument("--repair", action="store_true", help="write what should stand there")

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        with statements.at_most(statements.OF_JOBS):
            for row in differences(repair=options["repair"]):
                self.stdout.write(str(row))
                found += 1
        words = "repaired" if options["repair"] else "found"
        self.stdout.write(f"{found} differences {words if found else ''}".rstrip())
        if found and not options["repair"]:
            raise CommandError(f"{found} differences")
