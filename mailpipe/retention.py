"""Raw mails go after their days; the ledger line and the ticket stay (mail.md 8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from core import options
from mailpipe.models import InboundMail

BATCH = 1000


def forget_raw_mails(now: datetime) -> int:
    """Let go of raw bytes that are older than managers want; core's sweep removes the files.

    Mails nobody has settled yet, and those that failed, keep theirs.
    """
    limit = now - timedelta(days=options.value("mailpipe.raw_days"))
    old = (
        InboundMail.objects.filter(received_at__lt=limit, raw_deleted_at=None)
        .exclude(settled_at=None)
        .exclude(outcome=InboundMail.Outcome.FAILED)
        .order_by("received_at")
        .values("pk")[:BATCH]
    )
    return InboundMail.objects.filter(pk__in=old).update(raw_deleted_at=now)


def digests_in_use() -> Iterator[str]:
    """Every raw mail the store must keep."""
    kept = InboundMail.objects.filter(raw_deleted_at=None)
    return kept.values_list("stored_as", flat=True).iterator()
