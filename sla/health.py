"""How late thresholds fire: the difference between when they were due and when they fired."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils.translation import gettext as _

from core import clock
from core.registries import HealthLine

SPAN = timedelta(hours=1)
GOAL = timedelta(seconds=30)

_LATENESS = """
SELECT count(*), percentile_disc(0.99) WITHIN GROUP (ORDER BY fired_at - scheduled_for)
FROM sla_firing WHERE fired_at > %s
"""


def lateness() -> HealthLine:
    """The 99th percentile of the last hour; well up to 30 s (sla.md 7)."""
    with connection.cursor() as cursor:
        cursor.execute(_LATENESS, [clock.now() - SPAN])
        count, late = cursor.fetchone()
    if not count:
        return HealthLine(
            _("Deadlines"), _("No threshold was reached in the last hour."), is_well=True
        )
    seconds = late.total_seconds()
    words = _("99 of 100 thresholds fired within %(seconds)d s in the last hour.")
    return HealthLine(_("Deadlines"), words % {"seconds": seconds}, late <= GOAL, seconds)
