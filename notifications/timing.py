"""When a notice may leave: at once, when the shift begins, or with tomorrow's mail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from accounts.models import User
from calendars.engine import Calendar, NeverOpen
from calendars.versions import calendar_for, current_version_ids
from notifications.kinds import MAIL, SLACK, SMS
from notifications.models import Habits
from notifications.notices import Notice

DIGEST_AT = time(8, 0)
QUIET_CHANNELS = frozenset([MAIL, SLACK, SMS])


@dataclass(frozen=True, kw_only=True)
class Reader:
    """A person with what decides when they are told; `shift` is None when they have no hours."""

    user: User
    habits: Habits
    shift: Calendar | None = None


def readers(people: Iterable[User]) -> dict[int, Reader]:
    """The people by number, with habits and hours; at most two statements for all of them."""
    users = {user.pk: user for user in people}
    habits = {row.user_id: row for row in Habits.objects.filter(user__in=users)}
    has_shifts = any(user.shift_calendar_id for user in users.values())
    versions = current_version_ids() if has_shifts else {}
    return {
        pk: Reader(
            user=user,
            habits=habits.get(pk) or Habits(user=user),
            shift=calendar_for(versions[user.shift_calendar_id])
            if user.shift_calendar_id
            else None,
        )
        for pk, user in users.items()
    }


def due_at(notice: Notice, *, reader: Reader, channel: str, now: datetime) -> datetime:
    """When the notice may reach this person over `channel`; urgent ones always now."""
    if notice.is_urgent:
        return now
    due = now
    if is_folding(notice, reader.habits, channel):
        due = next_morning(now, reader.user.zone)
    if reader.shift and reader.habits.keeps_quiet and channel in QUIET_CHANNELS:
        return _opening(reader.shift, due)
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


def _opening(shift: Calendar, moment: datetime) -> datetime:
    """The moment itself within the person's hours, else when they begin next."""
    try:
        return shift.next_open(moment)
    except NeverOpen:
        return moment
