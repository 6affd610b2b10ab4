"""The on-call log: turns, pages, how fast they were answered, and the minutes engaged (R117)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from automation.models import OnCallRole, OnCallSchedule, Page
from automation.on_call.rota import Plan, Turn, coverage
from automation.on_call.schedules import people_by_id, plan_of

LEAST_ENGAGED = 120
SATURDAY = 5
WEEKDAYS, WEEKEND = gettext_lazy("weekday"), gettext_lazy("weekend")
HEADINGS = (
    gettext_lazy("What"),
    gettext_lazy("Schedule"),
    gettext_lazy("Role"),
    gettext_lazy("Person"),
    gettext_lazy("From"),
    gettext_lazy("Until"),
    gettext_lazy("Minutes"),
    gettext_lazy("Minutes to acknowledge"),
    gettext_lazy("Engaged minutes to pay"),
    gettext_lazy("Day"),
    gettext_lazy("Ticket"),
    gettext_lazy("Cause"),
)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """A turn or an engagement as it is paid: weekdays and weekends apart."""

    what: str
    schedule: str
    role: str
    person: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    answered_after: int | None = None
    engaged: int | None = None
    is_weekend: bool = False
    ticket: str = ""
    cause: str = ""

    @property
    def day(self) -> str:
        return str(WEEKEND if self.is_weekend else WEEKDAYS)

    @property
    def span(self) -> str:
        """In the zone of the schedule, wherever the reader is."""
        return f"{_moment(self.starts_at)} – {_moment(self.ends_at)}"

    def cells(self) -> list[Any]:
        """As HEADINGS."""
        facts = [self.what, self.schedule, self.role, self.person]
        times = [self.starts_at.isoformat("T", "minutes"), self.ends_at.isoformat("T", "minutes")]
        counted = [self.minutes, self.answered_after, self.engaged]
        return [*facts, *times, *counted, self.day, self.ticket, self.cause]


def stretches(first: date, last: date, *, now: datetime) -> Iterator[Stretch]:
    """Turns cut at midnight between weekdays and weekend, then pages; only what has been."""
    schedules = list(OnCallSchedule.objects.order_by("name", "pk"))
    for schedule in schedules:
        starts_at, ends_at = _bounds(schedule, first, last, now)
        if starts_at < ends_at:
            yield from _turns(schedule, starts_at, ends_at)
    for schedule in schedules:
        yield from _pages(schedule, *_bounds(schedule, first, last, now), now=now)


def engaged_minutes(page: Page, *, now: datetime) -> int | None:
    """From the acknowledgement to the end, at least two hours; None for who was never engaged."""
    if page.acknowledged_at is None:
        return None
    spent = ((page.ended_at or now) - page.acknowledged_at).total_seconds() / 60
    return max(LEAST_ENGAGED, math.ceil(spent))


def by_kind_of_day(
    starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime, bool]]:
    """The span in pieces that lie wholly on weekdays or wholly on a weekend, in local time."""
    at = starts_at
    while at < ends_at:
        local = at.astimezone(zone)
        is_weekend = local.weekday() >= SATURDAY
        days = (7 if is_weekend else SATURDAY) - local.weekday()
        edge = datetime.combine(local.date() + timedelta(days=days), time(), tzinfo=zone)
        until = min(edge.astimezone(starts_at.tzinfo), ends_at)
        yield at, until, is_weekend
        at = until


def _bounds(
    schedule: OnCallSchedule, first: date, last: date, now: datetime
) -> tuple[datetime, datetime]:
    zone = ZoneInfo(schedule.time_zone)
    starts_at = datetime.combine(first, time(), tzinfo=zone)
    ends_at = datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)
    return starts_at.astimezone(now.tzinfo), min(ends_at.astimezone(now.tzinfo), now)


def _turns(schedule: OnCallSchedule, starts_at: datetime, ends_at: datetime) -> Iterator[Stretch]:
    plan = plan_of(schedule, starts_at=starts_at, ends_at=ends_at)
    zone = ZoneInfo(schedule.time_zone)
    for role in schedule.roles.order_by("level", "pk"):
        turns = [turn for turn in _of(plan, role, starts_at, ends_at) if not turn.is_gap]
        people = people_by_id(turn.person for turn in turns)
        for turn in turns:
            for begins, ends, is_weekend in by_kind_of_day(turn.starts_at, turn.ends_at, zone):
                yield Stretch(
                    what=_("stands in") if turn.is_override else _("turn"),
                    schedule=schedule.name,
                    role=role.name,
                    person=str(people.get(turn.person or 0, "")),
                    starts_at=begins.astimezone(zone),
                    ends_at=ends.astimezone(zone),
                    minutes=round((ends - begins).total_seconds() / 60),
                    is_weekend=is_weekend,
                )


def _of(plan: Plan, role: OnCallRole, starts_at: datetime, ends_at: datetime) -> list[Turn]:
    until = min(ends_at, role.archived_at) if role.archived_at else ends_at
    return coverage(plan, role.pk, starts_at, until) if starts_at < until else []


def _pages(
    schedule: OnCallSchedule, starts_at: datetime, ends_at: datetime, *, now: datetime
) -> Iterator[Stretch]:
    zone = ZoneInfo(schedule.time_zone)
    pages = schedule.pages.filter(opened_at__gte=starts_at, opened_at__lt=ends_at)
    for page in pages.select_related("ticket", "acknowledged_by").order_by("pk"):
        until = page.ended_at or now
        yield Stretch(
            what=_("page"),
            schedule=schedule.name,
            role="",
            person=str(page.acknowledged_by or ""),
            starts_at=page.opened_at.astimezone(zone),
            ends_at=until.astimezone(zone),
            minutes=round((until - page.opened_at).total_seconds() / 60),
            answered_after=_answered_after(page),
            engaged=engaged_minutes(page, now=now),
            is_weekend=page.opened_at.astimezone(zone).weekday() >= SATURDAY,
            ticket=f"#{page.ticket.number}" if page.ticket else "",
            cause=page.cause,
        )


def _answered_after(page: Page) -> int | None:
    if page.acknowledged_at is None:
        return None
    return math.ceil((page.acknowledged_at - page.opened_at).total_seconds() / 60)


def _moment(at: datetime) -> str:
    return date_format(at, "D j M H:i")
