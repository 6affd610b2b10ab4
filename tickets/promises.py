"""What was promised to customers, and what became of it (N12, R183)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, Q

from core.registries import Finding
from tickets.actions.promises import keep_promise, make_promise, withdraw_promise
from tickets.models import NO_DEADLINE, Promise, Ticket

__all__ = [
    "Record",
    "check_promises",
    "keep_promise",
    "make_promise",
    "open_promise",
    "record",
    "withdraw_promise",
]

State = Promise.State

_AWAITED = "(p.state = 'open' OR p.state = 'broken' AND p.answered_at IS NULL)"
_WRONG = f"""
SELECT t.id, t.number FROM tickets_ticket t LEFT JOIN (
    SELECT ticket_id, min(due_at) AS due_at FROM tickets_promise p WHERE {_AWAITED}
    GROUP BY ticket_id
) p ON p.ticket_id = t.id
WHERE t.promised_at <> COALESCE(p.due_at, %(never)s)
"""  # noqa: S608 -- a constant of this module
_MEND = f"""
UPDATE tickets_ticket t SET promised_at = COALESCE((
    SELECT min(p.due_at) FROM tickets_promise p WHERE p.ticket_id = t.id AND {_AWAITED}
), %(never)s) WHERE t.id = ANY(%(ids)s)
"""  # noqa: S608 -- as above


@dataclass(frozen=True)
class Record:
    """What became of the promises that were due in a time; `rate` is None where none ended."""

    kept: int
    broken: int
    withdrawn: int

    @property
    def rate(self) -> float | None:
        """The share of kept ones among those kept or broken."""
        ended = self.kept + self.broken
        return self.kept / ended if ended else None


def record(since: datetime, until: datetime, **scope: Any) -> Record:
    """Kept, broken and withdrawn promises that were due from `since` to before `until` (R183).

    `scope` narrows by fields of a promise, such as `by=ada` or `ticket__department=technical`.
    """
    due = Promise.objects.filter(due_at__gte=since, due_at__lt=until, **scope)
    ends = (State.KEPT, State.BROKEN, State.WITHDRAWN)
    counts = due.aggregate(**{end.value: Count("pk", filter=Q(state=end)) for end in ends})
    return Record(**counts)


def open_promise(ticket: Ticket) -> datetime | None:
    """By when the customer is, or was, to hear from us; the ticket's row knows."""
    return None if ticket.promised_at == NO_DEADLINE else ticket.promised_at


def check_promises(*, repair: bool) -> list[Finding]:
    """The date on a ticket is that of its earliest promise that is still waited for."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_WRONG, {"never": NO_DEADLINE})
        rows = cursor.fetchall()
        if rows and repair:
            cursor.execute(_MEND, {"never": NO_DEADLINE, "ids": [row[0] for row in rows]})
    return [Finding(f"promise differs: #{number}", repair) for _id, number in rows[:20]]
