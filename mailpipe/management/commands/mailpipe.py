"""Mail intake by hand: rehearse, take in files, drain the spool, settle a mail again.

Without one of these switches manage.py spools standard input before Django is imported.
"""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from core import clock
from mailpipe import spool
from mailpipe.actions import NotReplayable, replay_mail
from mailpipe.drain import drain
from mailpipe.models import InboundMail
from mailpipe.rehearsal import rehearse
from tickets.actors import Actor


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Take in mail: from files, from the spool, or again; or only say what would happen."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recipient", default="", help="the envelope's recipient")
        parser.add_argument("--sender", default="", help="the envelope's sender")
        parser.add_argument("--file", nargs="+", action="extend", default=[], metavar="F")
        parser.add_argument("--dry-run", action="store_true", help="print decisions, write nothing")
        parser.add_argument("--drain", action="store_true", help="settle what lies in the spool")
        parser.add_argument("--replay", type=int, metavar="ID", help="settle a ledger line again")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["drain"]:
            self.stdout.write(f"{drain()} settled")
        elif options["replay"] is not None:
            self._replay(options["replay"])
        elif options["dry_run"]:
            self._rehearse(options)
        else:
            self._take_in(options)

    def _replay(self, pk: int) -> None:
        try:
            row = InboundMail.objects.get(pk=pk)
            replay_mail(row, actor=Actor.system("replay command"), now=clock.now())
        except InboundMail.DoesNotExist:
            raise CommandError(f"there is no mail {pk}") from None
        except NotReplayable:
            raise CommandError(f"mail {pk} left a ticket, or its raw bytes are gone") from None
        self._settle(pk)

    def _rehearse(self, options: dict[str, Any]) -> None:
        for raw in _sources(options["file"]):
            decision = rehearse(
                raw, recipient=options["recipient"], sender=options["sender"], now=clock.now()
            )
            self.stdout.write(json.dumps(decision, ensure_ascii=False))

    def _take_in(self, options: dict[str, Any]) -> None:
        """Each file goes through the spool, as if the mail server had piped it."""
        for name in options["file"]:
            descriptor = os.open(name, os.O_RDONLY)
            try:
                path = spool.spool(
                    descriptor,
                    Path(settings.MAIL_SPOOL),
                    recipient=options["recipient"],
                    sender=options["sender"],
                )
            finally:
                os.close(descriptor)
            self.stdout.write(f"{name}: spooled as {path.name}")
        self.stdout.write(f"{drain()} settled")

    def _settle(self, pk: int) -> None:
        drain()
        row = InboundMail.objects.get(pk=pk)
        self.stdout.write(f"{row.outcome or 'pending'}: {row.reason or row.last_error}")


def _sources(names: list[str]) -> Iterator[bytes]:
    """The named files, or standard input."""
    if not names:
        yield sys.stdin.buffer.read()
    for name in names:
        yield Path(name).read_bytes()
