"""Checks the invariants of the data; a product feature, not a test (trust.md 8)."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import statements
from core.registries import Finding, verify_checks

SHOWN = 10


class Command(BaseCommand):
    help = "Check what must always be true, one line a check; exit 1 when something is not."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="mend what can be mended")
        parser.add_argument("--only", default="", metavar="KEY", help="run this check alone")

    def handle(self, *args: Any, **options: Any) -> None:
        only, broken = options["only"], 0
        if only and only not in verify_checks:
            known = ", ".join(key for key, _check in verify_checks)
            raise CommandError(f"There is no check {only}. Known are: {known}.")
        for key, check in verify_checks:
            if only and key != only:
                continue
            with statements.at_most(statements.OF_JOBS):
                findings = check(repair=options["repair"])
            self._print(key, findings)
            broken += sum(not finding.repaired for finding in findings)
        if broken:
            raise CommandError(f"{broken} findings")

    def _print(self, key: str, findings: list[Finding]) -> None:
        repaired = sum(finding.repaired for finding in findings)
        verdict = f"{len(findings)} findings, {repaired} repaired" if findings else "ok"
        self.stdout.write(f"{key}: {verdict}")
        for finding in findings[:SHOWN]:
            mark = "repaired" if finding.repaired else "broken"
            self.stdout.write(f"  {mark}: {finding.message}")
        if len(findings) > SHOWN:
            self.stdout.write(f"  and {len(findings) - SHOWN} more")
