"""How much time went into a ticket (R24): asked by its card, its record and reports."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from tickets.models import Ticket, TimeEntry
from tickets.models.ticket import TicketQuerySet
from tickets.models.time_entry import TimeEntryQuerySet

MINUTE, HOUR = 60, 3600
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_UNITS = re.compile(
    r"(?:(\d{1,2}(?:[.,]\d{1,2})?)\s*h)?\s*(?:(\d{1,4})\s*m(?:in)?)?", re.IGNORECASE
)


@dataclass(frozen=True)
class TimeSpent:
    """Seconds of work, and those of them that may be billed."""

    seconds: int
    billable: int


def time_spent(ticket: Ticket) -> TimeSpent:
    """What was written down; a timer that still runs does not count yet."""
    return _summed(TimeEntry.objects.filter(ticket=ticket))


def time_spent_on(tickets: TicketQuerySet) -> TimeSpent:
    """The same over several tickets."""
    return _summed(TimeEntry.objects.filter(ticket__in=tickets))


def _summed(entries: TimeEntryQuerySet) -> TimeSpent:
    entries = entries.filter(ended_at__isnull=False)
    billable = Sum("seconds", filter=Q(is_billable=True))
    found = entries.aggregate(all=Coalesce(Sum("seconds"), 0), billable=Coalesce(billable, 0))
    return TimeSpent(found["all"], found["billable"])


def read_span(text: str) -> int | None:
    """Seconds of "90", "1:30", "90m", "1h 30m", "1.5h"; None for anything else."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 5:  # noqa: PLR2004 -- minutes of a week
        return int(text) * MINUTE
    if clock_time := _CLOCK.fullmatch(text):
        return int(clock_time[1]) * HOUR + int(clock_time[2]) * MINUTE
    units = _UNITS.fullmatch(text)
    if not text or units is None:
        return None
    hours = float((units[1] or "0").replace(",", "."))
    return round(hours * HOUR) + int(units[2] or 0) * MINUTE


def written_span(seconds: int) -> str:
    """1:30 for an hour and a half; less than a minute counts as one."""
    minutes = max(-(-seconds // MINUTE), 1) if seconds else 0
    return f"{minutes // MINUTE}:{minutes % MINUTE:02}"
