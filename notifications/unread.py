"""How many notifications wait for a person: asked on every page, so kept for some seconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.cache import cache
from django.db import transaction

from notifications.models import Notification

FRESH_SECONDS = 15
MOST = 100


def count(user: Any) -> int:
    """Unread ones, counted up to a hundred."""
    key = _key(user.pk)
    known = cache.get(key)
    if known is None:
        known = len(Notification.objects.of(user).unread().values_list("pk")[:MOST])
        cache.set(key, known, FRESH_SECONDS)
    return int(known)


def forget(user_ids: Iterable[int]) -> None:
    """Count anew once this transaction is committed."""
    keys = [_key(pk) for pk in user_ids]
    transaction.on_commit(lambda: cache.delete_many(keys), robust=True)


def _key(user_id: int) -> str:
    return f"notifications-unread-{user_id}"
