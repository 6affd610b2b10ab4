"""A notice as text for services."""

from __future__ import annotations

from django.conf import settings

from notifications.models import NoticeDelivery


def full_url(row: NoticeDelivery) -> str:
    """The address of what it is about, for outside; empty when there is none."""
    if row.url.startswith("/"):
        return f"{settings.SITE_URL}{row.url}"
    return row.url


def plain(row: NoticeDelivery) -> str:
    """Title, text and address, one below the other."""
    return "\n\n".join(part for part in (row.title, row.body, full_url(row)) if part)
