"""What happens to calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calendars.models import BusinessCalendar, CalendarVersion
from core.events import DomainEvent


@dataclass(frozen=True, kw_only=True)
class CalendarChanged(DomainEvent):
    """A calendar has a new version, in force from `now` on; also its first one."""

    calendar: BusinessCalendar
    version: CalendarVersion
    actor: Any
    now: datetime


@dataclass(frozen=True, kw_only=True)
class DefaultCalendarChanged(DomainEvent):
    """Whatever names no calendar is counted in this one from `now` on."""

    calendar: BusinessCalendar
    actor: Any
    now: datetime
