"""Settling a mail for real and taking it all back: what would happen, rules included."""

from __future__ import annotations

import hashlib
import traceback
from datetime import datetime
from typing import Any

from django.db import transaction

from mailpipe.actions.intake import settle_mail
from mailpipe.isolation import TookTooLong, time_limit
from mailpipe.models import InboundMail
from mailpipe.reading import read_mail
from mailpipe.report import describe, failure
from mailpipe.storage import measure


def rehearse(raw: bytes, *, recipient: str, sender: str, now: datetime) -> dict[str, Any]:
    """The decision about `raw`; database and files are as before. Never raises for a mail."""
    try:
        with time_limit(), transaction.atomic():
            row = InboundMail.objects.create(
                source="rehearsal",
                recipient=recipient[:254],
                envelope_sender=sender[:254],
                sha256=hashlib.sha256(raw).hexdigest(),
                stored_as="",
                size=len(raw),
                received_at=now,
                next_attempt_at=now,
            )
            mail = read_mail(raw, envelope_sender=row.envelope_sender)
            case = settle_mail(row, mail=mail, now=now, store=measure)
            decision = describe(case) if case else failure("somebody else settles it")
            transaction.set_rollback(True)
    except (TookTooLong, MemoryError):
        return failure("took longer than 30 seconds or too much memory") | {
            "outcome": "quarantined"
        }
    except Exception:  # noqa: BLE001 -- the decision about one mail must not hide the next one's
        return failure(traceback.format_exc(limit=-4))
    return decision
