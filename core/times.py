"""Lengths of time, ages and deadlines in words, which are looked up once for a whole list."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

SHORT_SPAN = timedelta(hours=12)  # time-ago.js keeps texts true up to this age
WEEK = 7
DAY = 24
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


class Words(NamedTuple):
    """What is said of times, in one language."""

    language: str | None
    now: str
    yesterday: str
    minutes: str
    hours: str
    hours_and_minutes: str
    days_and_hours: str
    met: str
    paused: str
    overdue: str
    left: str


class Times:
    """Times as one page says them: in the language and the zone of its reader, at one moment."""

    def __init__(self, now: datetime, *, zone: tzinfo | None = None) -> None:
        self.now = now
        self.zone = zone or timezone.get_current_timezone()
        self._words = _words(get_language())

    @cached_property
    def _today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def span_text(self, span: timedelta) -> str:
        """A length of time in two units: 12 m, 1 h 05 m, 2 d 3 h."""
        return _span_text(self._words, span)

    def ago_text(self, moment: datetime) -> str:
        """now, 6 m, 2 h, yesterday, Fri, 12 May, 12 May 2024."""
        span, words = self.now - moment, self._words
        if span < _MINUTE:
            return words.now
        if span < _HOUR:
            return _span_text(words, span)
        day, today = moment.astimezone(self.zone).date(), self._today
        days = (today - day).days
        if span < SHORT_SPAN or not days:
            return words.hours % {"hours": span // _HOUR}
        if days == 1:
            return words.yesterday
        form = "D" if days < WEEK else "j M" if day.year == today.year else "j M Y"
        return _day_text(words.language, day, form)

    def due_text(self, state: str, due: datetime | None) -> str:
        """The words of a deadline in `state`."""
        words = self._words
        if state == "met":
            return words.met
        if state == "paused" or due is None:
            return words.paused
        span = _span_text(words, abs(due - self.now))
        if state == "overdue":
            return words.overdue % {"time": span}
        return words.left % {"time": span} if state == "risk" else span


def span_text(span: timedelta) -> str:
    """A length of time in two units: 12 m, 1 h 05 m, 2 d 3 h."""
    return _span_text(_words(get_language()), span)


def ago_text(moment: datetime, now: datetime) -> str:
    """How long before `now`, as people say it: 6 m, yesterday, 12 May."""
    return Times(now).ago_text(moment)


def _span_text(words: Words, span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    hours, minutes = divmod(minutes, 60)
    if not hours:
        return words.minutes % {"minutes": minutes}
    if hours < DAY:
        return words.hours_and_minutes % {"hours": hours, "minutes": minutes}
    return words.days_and_hours % {"days": hours // DAY, "hours": hours % DAY}


@lru_cache(maxsize=1024)
def _day_text(_language: str | None, day: date, form: str) -> str:
    return date_format(day, form)


@lru_cache(maxsize=16)
def _words(language: str | None) -> Words:
    return Words(
        language=language,
        now=_("now"),
        yesterday=_("yesterday"),
        minutes=_("%(minutes)d m"),
        hours=_("%(hours)d h"),
        hours_and_minutes=_("%(hours)d h %(minutes)02d m"),
        days_and_hours=_("%(days)d d %(hours)d h"),
        met=_("Met"),
        paused=_("Paused"),
        overdue=_("Overdue %(time)s"),
        left=_("%(time)s left"),
    )
