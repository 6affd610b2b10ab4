"""Prints who reacts to what and what fills each registry."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.wiring import document


class Command(BaseCommand):
    help = "Print events with their reactions, and the registries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--write", action="store_true", help="write docs/wiring.md")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["write"]:
            self.stdout.write(document())
            return
        path = settings.BASE_DIR / "docs" / "wiring.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(document())
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)} is written")
