"""Counts attempts per key and time in PostgreSQL: works without Redis, survives restarts (X-22)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from django.db import connection

from core.models import RateWindow

KEPT = timedelta(days=2)
MAX_KEY = 160

_COUNT = """
    WITH counted AS (
        INSERT INTO core_ratewindow (key, starts_at, count) VALUES (%(key)s, %(start)s, 1)
        ON CONFLICT (key, starts_at) DO UPDATE SET count = core_ratewindow.count + 1
        RETURNING count
    )
    SELECT counted.count, coalesce(before.count, 0)
      FROM counted
      LEFT JOIN core_ratewindow AS before ON before.key = %(key)s AND before.starts_at = %(before)s
"""


def hit(key: str, *, limit: int, per: timedelta, now: datetime) -> bool:
    """Count one attempt; False when it is past `limit` within `per`.

    Call it outside of a transaction that may roll back, else the attempt is forgotten with it.
    """
    start = _window(now, per)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": _stored(key), "start": start, "before": start - per})
        count, before = cursor.fetchone()
    return _weighed(count, before, start=start, per=per, now=now) <= limit


def is_over(key: str, *, limit: int, per: timedelta, now: datetime) -> bool:
    """Whether `limit` attempts within `per` are used up, without counting one."""
    start = _window(now, per)
    counts = dict(
        RateWindow.objects.filter(key=_stored(key), starts_at__in=[start, start - per]).values_list(
            "starts_at", "count"
        )
    )
    used = _weighed(counts.get(start, 0), counts.get(start - per, 0), start=start, per=per, now=now)
    return used >= limit


def reset(key: str) -> None:
    """Forget all attempts under `key`."""
    RateWindow.objects.filter(key=_stored(key)).delete()


def reset_prefix(prefix: str) -> None:
    """Forget all attempts under keys that begin so."""
    RateWindow.objects.filter(key__startswith=prefix).delete()


def forget_old(now: datetime) -> int:
    """Drop windows nobody asks for any more; returns how many."""
    return RateWindow.objects.filter(starts_at__lt=now - KEPT).delete()[0]


def _window(now: datetime, per: timedelta) -> datetime:
    seconds = per.total_seconds()
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, tz=UTC)


def _weighed(count: int, before: int, *, start: datetime, per: timedelta, now: datetime) -> float:
    """The window before counts as far as it still reaches into the last `per`."""
    return count + before * max(0.0, 1 - (now - start) / per)


def _stored(key: str) -> str:
    if len(key) <= MAX_KEY:
        return key
    return f"{key[:80]}:{hashlib.sha256(key.encode()).hexdigest()}"
