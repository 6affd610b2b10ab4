"""How long customers really wait for a first answer: the honest 80th percentile (N17)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

FRESH = 600
FEWEST = 20
_KEY = "portal:usual-wait"
_NOTHING = -1.0
_HOUR = 3600
_DAY = 24 * _HOUR
_HOURS_UP_TO = 36 * _HOUR

# Tickets of the last day are left out, for a fast answer is known sooner than a slow one; those
# still without an answer count with the time they have waited so far.
_WAITS = """
    SELECT count(*), percentile_disc(0.8) WITHIN GROUP (ORDER BY
               extract(epoch FROM coalesce(first_responded_at, %(now)s) - created_at))
    FROM (
        SELECT created_at, first_responded_at FROM tickets_ticket
        WHERE created_at > %(now)s - interval '30 days' AND created_at < %(now)s - interval '1 day'
          AND channel IN ('email', 'portal', 'form') AND NOT is_spam AND deleted_at IS NULL
          AND (first_responded_at IS NOT NULL OR is_open)
        ORDER BY created_at DESC LIMIT 500
    ) recent
"""


def usual_wait(*, now: datetime) -> str:
    """“We usually answer within 3 hours.”; empty while too few tickets tell."""
    seconds = cache.get(_KEY)
    if seconds is None:
        seconds = _measured(now)
        cache.set(_KEY, seconds, FRESH)
    return "" if seconds == _NOTHING else _words(timedelta(seconds=seconds))


def _measured(now: datetime) -> float:
    with connection.cursor() as cursor:
        cursor.execute(_WAITS, {"now": now})
        count, seconds = cursor.fetchone()
    return float(seconds) if count >= FEWEST else _NOTHING


def _words(wait: timedelta) -> str:
    """Rounded up: a promise kept four times out of five."""
    seconds = wait.total_seconds()
    if seconds <= _HOUR:
        return _("We usually answer within an hour.")
    if seconds <= _HOURS_UP_TO:
        hours = -int(-seconds // _HOUR)
        words = ngettext(
            "We usually answer within %(count)d hour.",
            "We usually answer within %(count)d hours.",
            hours,
        )
        return words % {"count": hours}
    days = -int(-seconds // _DAY)
    return ngettext(
        "We usually answer within %(count)d day.", "We usually answer within %(count)d days.", days
    ) % {"count": days}
