"""Wake-ups of the mail floor; each one only looks for what is due."""

from __future__ import annotations

from celery import shared_task

from mailpipe.dispatch import send_due
from mailpipe.drain import drain


@shared_task(name="mailpipe.drain")
def drain_spool() -> int:
    return drain()


@shared_task(name="mailpipe.send")
def send_outbox() -> int:
    return send_due()
