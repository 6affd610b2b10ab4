"""How fast people are really answered: the honest 80th percentile of each service (N17)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction

from core.memo import remembered
from core.sweeping import seldom
from sla.models import AnswerTime

WINDOW = timedelta(days=90)
FEWEST = 20
EVERY = timedelta(days=1)
OVERALL = None

# Working seconds, each counted in the calendar of its own clock. Who still waits past the deadline
# counts with the whole target: leaving them out would praise whoever answers only the easy ones.
_MEASURED = """
    SELECT service_id, grouping(service_id), count(*),
           percentile_disc(0.8) WITHIN GROUP (ORDER BY seconds)
    FROM (
        SELECT t.service_id, CASE c.state WHEN 'satisfied' THEN c.elapsed_s
                             ELSE greatest(c.elapsed_s, c.target_s) END AS seconds
        FROM sla_slaclock c JOIN tickets_ticket t ON t.id = c.ticket_id
        WHERE c.metric = 'first_response' AND NOT t.is_spam AND t.deleted_at IS NULL
          AND (c.state = 'satisfied' AND c.ended_at > %(since)s
               OR c.state IN ('running', 'paused') AND c.breached_at > %(since)s)
    ) answered
    GROUP BY GROUPING SETS ((service_id), ()) HAVING count(*) >= %(fewest)s
"""


@seldom("sla.answer_times", every=EVERY)
def refresh(now: datetime) -> int:
    """Once a night: measure anew; services with too few tickets tell nothing."""
    return measure(now=now)


@transaction.atomic
def measure(*, now: datetime) -> int:
    """Write the table anew; returns how many rows it has."""
    with connection.cursor() as cursor:
        cursor.execute(_MEASURED, {"since": now - WINDOW, "fewest": FEWEST})
        found = cursor.fetchall()
    rows = [
        AnswerTime(service_id=service, seconds=seconds, tickets=tickets, refreshed_at=now)
        for service, is_overall, tickets, seconds in found
        if is_overall or service is not None
    ]
    AnswerTime.objects.all().delete()
    AnswerTime.objects.bulk_create(rows)
    answer_times.forget()
    return len(rows)


@remembered(seconds=60)
def answer_times() -> Mapping[int | None, int]:
    """Working seconds by service; OVERALL for all tickets together."""
    return dict(AnswerTime.objects.values_list("service_id", "seconds"))


def usual_seconds(service: int | None) -> int | None:
    """Within how many working seconds four of five first answers come; None: nobody knows."""
    known = answer_times()
    return known.get(service, known.get(OVERALL))
