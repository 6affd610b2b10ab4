"""Notices as rows: what of them is stored, and under which key."""

from __future__ import annotations

import hashlib
from datetime import datetime

from notifications.models import NoticeDelivery
from notifications.notices import Notice

MAX_DELIVERY_KEY = 120
MAX_TITLE, MAX_BODY, MAX_URL, MAX_ABOUT = 300, 20_000, 500, 80


def new_delivery(notice: Notice, *, channel: str, key: str, now: datetime) -> NoticeDelivery:
    """One delivery over `channel`, due now, not saved."""
    return NoticeDelivery(
        **stored_words(notice),
        idempotency_key=fitting(f"{channel}:{key}", MAX_DELIVERY_KEY),
        channel=channel,
        is_urgent=notice.is_urgent,
        mail_reply_to=notice.mail_reply_to,
        mail_headers=dict(notice.mail_headers),
        due_at=now,
        created_at=now,
    )


def stored_words(notice: Notice) -> dict[str, str]:
    """What is told, fit for storage: no zero bytes, a title of one line."""
    return {
        "kind": notice.kind,
        "title": " ".join(notice.title.replace("\x00", "").split())[:MAX_TITLE],
        "body": notice.body.replace("\x00", "")[:MAX_BODY],
        "url": notice.url[:MAX_URL],
        "about": notice.about[:MAX_ABOUT],
    }


def fitting(key: str, limit: int) -> str:
    """The key itself, or one of the same meaning that fits its column."""
    if len(key) <= limit:
        return key
    return f"{key[: limit - 65]}:{hashlib.sha256(key.encode()).hexdigest()}"
