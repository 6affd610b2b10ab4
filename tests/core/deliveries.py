"""Outgoing rows for the tests of the outbox; mail is the nearest kind of Delivery."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from mailpipe.models import OutgoingMail

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)


def make_delivery(**fields: Any) -> OutgoingMail:
    key = uuid.uuid4().hex
    return OutgoingMail.objects.create(
        **{
            "idempotency_key": key,
            "identifier": f"<{key}@company.example>",
            "kind": "notice",
            "subject": "Hello",
            "due_at": NOON,
            "created_at": NOON,
            **fields,
        }
    )
