"""When a notice may leave: at once, when the shift begins, or with tomorrow's mail."""

from __future__ import annotations

from datetime import datetime, time, timedelta, tzinfo

from accounts.models import User
from calendars.engine import NeverOpen
from calendars.versions import compiled
from notifications.kinds import MAIL, SLACK, SMS
from notifications.models import Habits
from notifications.notices import Notice

DIGEST_AT = time(8, 0)
QUIET_CHANNELS = frozenset([MAIL, SLACK, SMS])


def due_at(notice: Notice, *, user: User, habits: Habits, channel: str, now: datetime) -> datetime:
    """When the notice may reach this person over `channel`; urgent ones always now."""
    if notice.is_urgent:
        return now
    due = next_morning(now, user.zone) if is_folding(notice, habits, channel) else now
    if habits.keeps_quiet and channel in QUIET_CHANNELS:
        return _at_work(user, due)
    return due


def is_folding(notice: Notice, habits: Habits, channel: str) -> bool:
    """Whether it leaves together with others as the mail of the day."""
    daily = habits.digest == Habits.Digest.DAILY
    return daily and channel == MAIL and not notice.is_urgent


def next_morning(now: datetime, zone: tzinfo) -> datetime:
    """The next time the clock on the wall shows 8:00, also over a change of the clocks."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < DIGEST_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, tzinfo=zone).astimezone(now.tzinfo)


def _at_work(user: User, moment: datetime) -> datetime:
    """The moment itself within the person's shift, else the next opening."""
    if user.shift_calendar is None:
        return moment
    try:
        return compiled(user.shift_calendar).next_open(moment)
    except NeverOpen:
        return moment
