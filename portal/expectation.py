"""When customers hear from us: by the real calendar, and honestly (N17)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from calendars.engine import Calendar
from calendars.versions import compiled, house_calendar
from core.memo import remembered
from core.moments import day_time
from sla.answer_times import OVERALL, usual_seconds
from sla.durations import working_hours
from sla.models import Metric
from sla.promises import Awaited, awaited, first_response_by_portal
from tickets.models import Ticket


def usual_wait(*, now: datetime) -> str:
    """“We usually answer within 3 working hours; we open Mon 09:00.”

    What is promised while too few tickets tell; empty where nothing is promised either.
    """
    house, seconds = _house(), usual_seconds(OVERALL)
    if house is not None and seconds is not None:
        time = working_hours(seconds, is_always=house.always)
        return _closing(_("We usually answer within %(time)s") % {"time": time}, house, now)
    if promise := first_response_by_portal(now=now):
        words = _("We answer within %(time)s") % {"time": promise}
        return _closing(words, promise.calendar, now)
    return ""


def next_word(ticket: Ticket, *, now: datetime) -> str:
    """By when the customer of an open ticket hears from us; empty when no clock says it.

    Never sooner than we can promise ourselves, and polite once it is late.
    """
    clock = awaited(ticket)
    if clock is None:
        return ""
    expected = _expected(clock, ticket)
    by = next((moment for moment in (expected, clock.due_at) if moment and moment > now), None)
    if by is None:
        return _("It takes longer than usual. We have not forgotten you.")
    return _("You hear from us by about %(time)s.") % {"time": day_time(by, now=now)}


def _expected(clock: Awaited, ticket: Ticket) -> datetime | None:
    """Four of five first answers have come by then; the percentile knows first answers only."""
    seconds = usual_seconds(ticket.service_id)
    if seconds is None or clock.metric != Metric.FIRST_RESPONSE:
        return None
    return clock.after(seconds)


def _closing(words: str, hours: Calendar, now: datetime) -> str:
    """With the next opening of the hours the answer is counted in, while they are closed."""
    if hours.is_open(now):
        return _("%(sentence)s.") % {"sentence": words}
    opens = day_time(hours.next_open(now), now=now)
    return _("%(sentence)s; we open %(time)s.") % {"sentence": words, "time": opens}


@remembered(seconds=30)
def _house() -> Calendar | None:
    """The hours of the default calendar, ready to count with."""
    calendar = house_calendar()
    return compiled(calendar) if calendar is not None else None
