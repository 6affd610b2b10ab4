"""Counts attempts per key and time in PostgreSQL: works without Redis, survives restarts (X-22)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import QuerySet

from core.models import RateWindow

KEPT = timedelta(days=2)
MAX_KEY = 160

_COUNT = """
    WITH counted AS (
        INSERT INTO core_ratewindow (key, seconds, starts_at, count)
        VALUES (%(key)s, %(seconds)s, %(start)s, 1)
        ON CONFLICT (key, seconds, starts_at) DO UPDATE SET count = core_ratewindow.count + 1
        RETURNING count
    )
    SELECT counted.count, coalesce(before.count, 0)
      FROM counted
      LEFT JOIN core_ratewindow AS before
        ON before.key = %(key)s AND before.seconds = %(seconds)s AND before.starts_at = %(before)s
"""
_COUNT_ALL = """
    WITH asked AS (
        SELECT * FROM unnest(
            %(keys)s::text[], %(seconds)s::int[],
            %(starts)s::timestamptz[], %(befores)s::timestamptz[]
        ) AS asked(key, seconds, start, before)
    ), counted AS (
        INSERT INTO core_ratewindow (key, seconds, starts_at, count)
        SELECT DISTINCT key, seconds, start, 1 FROM asked ORDER BY key, seconds
        ON CONFLICT (key, seconds, starts_at) DO UPDATE SET count = core_ratewindow.count + 1
        RETURNING key, seconds, count
    )
    SELECT counted.key, counted.seconds, counted.count, coalesce(before.count, 0)
      FROM counted
      JOIN asked USING (key, seconds)
      LEFT JOIN core_ratewindow AS before
        ON before.key = asked.key AND before.seconds = asked.seconds
       AND before.starts_at = asked.before
"""


def hit(key: str, *, limit: int, per: timedelta, now: datetime) -> bool:
    """Count one attempt; False when it is past `limit` within `per`.

    Call it outside of a transaction that may roll back, else the attempt is forgotten with it.
    """
    start = _window(now, per)
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT,
            {
                "key": _stored(key),
                "seconds": _seconds(per),
                "start": start,
                "before": start - per,
            },
        )
        count, before = cursor.fetchone()
    return _weighed(count, before, start=start, per=per, now=now) <= limit


def hit_all(limits: Iterable[tuple[str, int, timedelta]], *, now: datetime) -> bool:
    """Count one attempt under each of several (key, limit, per); False when any is past its limit.

    A key named twice with the same `per` counts once, and the smaller limit decides. One
    statement; keys are counted in their order, so that two workers never wait for each other.
    """
    rows = [(_stored(key), per, _window(now, per), limit) for key, limit, per in sorted(limits)]
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT_ALL,
            {
                "keys": [key for key, _per, _start, _limit in rows],
                "seconds": [_seconds(per) for _key, per, _start, _limit in rows],
                "starts": [start for _key, _per, start, _limit in rows],
                "befores": [start - per for _key, per, start, _limit in rows],
            },
        )
        counts = {
            (key, seconds): (count, before) for key, seconds, count, before in cursor.fetchall()
        }
    return all(
        _weighed(*counts[key, _seconds(per)], start=start, per=per, now=now) <= limit
        for key, per, start, limit in rows
    )


def is_over(key: str, *, limit: int, per: timedelta, now: datetime) -> bool:
    """Whether `limit` attempts within `per` are used up, without counting one."""
    start = _window(now, per)
    rows = _around(start, per).filter(key=_stored(key))
    counts = dict(rows.values_list("starts_at", "count"))
    used = _weighed(counts.get(start, 0), counts.get(start - per, 0), start=start, per=per, now=now)
    return used >= limit


def keys_over(prefix: str, *, limit: int, per: timedelta, now: datetime) -> set[str]:
    """Those keys that begin with `prefix` whose attempts are used up, in one question."""
    start = _window(now, per)
    counts: dict[str, dict[datetime, int]] = {}
    rows = _around(start, per).filter(key__startswith=prefix)
    for key, starts_at, count in rows.values_list("key", "starts_at", "count"):
        counts.setdefault(key, {})[starts_at] = count
    return {
        key
        for key, at in counts.items()
        if _weighed(at.get(start, 0), at.get(start - per, 0), start=start, per=per, now=now)
        >= limit
    }


def reset(key: str) -> None:
    """Forget all attempts under `key`."""
    RateWindow.objects.filter(key=_stored(key)).delete()


def reset_prefix(prefix: str) -> None:
    """Forget all attempts under keys that begin so."""
    RateWindow.objects.filter(key__startswith=prefix).delete()


def forget_old(now: datetime) -> int:
    """Drop windows nobody asks for any more; returns how many."""
    return RateWindow.objects.filter(starts_at__lt=now - KEPT).delete()[0]


def _around(start: datetime, per: timedelta) -> QuerySet[RateWindow]:
    """The windows an attempt now is weighed by: the one that runs and the one before."""
    return RateWindow.objects.filter(seconds=_seconds(per), starts_at__in=[start, start - per])


def _seconds(per: timedelta) -> int:
    return int(per.total_seconds())


def _window(now: datetime, per: timedelta) -> datetime:
    seconds = _seconds(per)
    return datetime.fromtimestamp(now.timestamp() // seconds * seconds, tz=UTC)


def _weighed(count: int, before: int, *, start: datetime, per: timedelta, now: datetime) -> float:
    """The window before counts as far as it still reaches into the last `per`."""
    return count + before * max(0.0, 1 - (now - start) / per)


def _stored(key: str) -> str:
    if len(key) <= MAX_KEY:
        return key
    return f"{key[:80]}:{hashlib.sha256(key.encode()).hexdigest()}"
