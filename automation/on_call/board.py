"""The page of a schedule: who is on call now, the weeks to come, gaps, who stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from automation.models import Contact, OnCallRole, OnCallSchedule, OnCallShift, Page
from automation.on_call.access import may_arrange, visible_pages
from automation.on_call.rota import Plan, Turn, coverage, next_handover, who
from automation.on_call.schedules import people_by_id, plan_of

AHEAD = timedelta(weeks=6)


@dataclass(frozen=True, kw_only=True)
class NowLine:
    """A role and who is on call in it."""

    role: str
    level: int
    person: str
    phone: str
    is_gap: bool
    has_left: bool


@dataclass(frozen=True, kw_only=True)
class TurnLine:
    """One stretch of the weeks to come."""

    span: str
    role: str
    person: str
    is_gap: bool
    is_override: bool


@dataclass(frozen=True, kw_only=True)
class ShiftLine:
    """An override that can be taken back."""

    pk: int
    words: str


@dataclass(frozen=True, kw_only=True)
class Board:
    """One schedule as its page prints it."""

    schedule: OnCallSchedule
    zone: str
    lines: list[NowLine]
    next_handover: str
    turns: list[TurnLine]
    gap_words: str
    shifts: list[ShiftLine]
    may_arrange: bool
    swappable: list[tuple[Turn, str]]


def board_of(schedule: OnCallSchedule, *, user: User, now: datetime) -> Board:
    """All times in the zone of the schedule, for its people talk about those."""
    roles = list(schedule.roles.filter(archived_at=None).order_by("level", "pk"))
    plan = plan_of(schedule, starts_at=now, ends_at=now + AHEAD)
    turns = {role.pk: coverage(plan, role.pk, now, now + AHEAD) for role in roles}
    people = people_by_id(turn.person for found in turns.values() for turn in found)
    teller = _Teller(schedule, people, {role.pk: role for role in roles})
    in_order = sorted((turn for found in turns.values() for turn in found), key=_order)
    handover = next_handover(plan, now)
    return Board(
        schedule=schedule,
        zone=schedule.time_zone,
        lines=[teller.now_line(role, plan, now) for role in roles],
        next_handover=teller.moment(handover) if handover else "",
        turns=[teller.line(turn) for turn in in_order],
        gap_words=teller.gap_words([turn for turn in in_order if turn.is_gap]),
        shifts=teller.shifts(_shifts(schedule, now)),
        may_arrange=may_arrange(user, schedule),
        swappable=[
            (turn, teller.words(turn))
            for turn in in_order
            if turn.ends_at < now + AHEAD and not _is_fixed(turn)
        ],
    )


def open_pages(user: User) -> QuerySet[Page]:
    """What is still open and this person may see, with whom it waits for."""
    pages = visible_pages(Page.objects.open(), user)
    found = pages.select_related("schedule", "ticket", "acknowledged_by")
    return found.prefetch_related("steps__user")


def contacts() -> QuerySet[Contact]:
    """The directory as everybody on the staff reads it."""
    rows = Contact.objects.filter(archived_at=None)
    return rows.select_related("user", "calendar", "next_contact")


class _Teller:
    """Says turns in the schedule's own zone."""

    def __init__(
        self, schedule: OnCallSchedule, people: dict[int, User], roles: dict[int, OnCallRole]
    ) -> None:
        self.zone = ZoneInfo(schedule.time_zone)
        self.people = people
        self.roles = roles

    def now_line(self, role: OnCallRole, plan: Plan, now: datetime) -> NowLine:
        user = self.people.get(who(plan, role.pk, now) or 0)
        return NowLine(
            role=role.name,
            level=role.level,
            person=str(user or _("Nobody")),
            phone=user.phone if user else "",
            is_gap=user is None,
            has_left=user is not None and not user.is_staff,
        )

    def line(self, turn: Turn) -> TurnLine:
        return TurnLine(
            span=self.span(turn),
            role=self.roles[turn.role].name,
            person=self.person(turn),
            is_gap=turn.is_gap,
            is_override=turn.is_override,
        )

    def words(self, turn: Turn) -> str:
        return f"{self.roles[turn.role].name}: {self.person(turn)}, {self.span(turn)}"

    def gap_words(self, gaps: Sequence[Turn]) -> str:
        if not gaps:
            return ""
        named = [f"{self.roles[gap.role].name} ({self.span(gap)})" for gap in gaps]
        return _("Nobody would be called: %(gaps)s.") % {"gaps": ", ".join(named)}

    def shifts(self, shifts: Sequence[OnCallShift]) -> list[ShiftLine]:
        return [
            ShiftLine(
                pk=row.pk,
                words=_("%(person)s stands in as %(role)s, %(span)s")
                % {
                    "person": row.user,
                    "role": row.role,
                    "span": f"{self.moment(row.starts_at)} – {self.moment(row.ends_at)}",
                },
            )
            for row in shifts
        ]

    def person(self, turn: Turn) -> str:
        return str(self.people.get(turn.person or 0) or _("Nobody"))

    def span(self, turn: Turn) -> str:
        return f"{self.moment(turn.starts_at)} – {self.moment(turn.ends_at)}"

    def moment(self, at: datetime) -> str:
        return date_format(at.astimezone(self.zone), "D j M H:i")


def _shifts(schedule: OnCallSchedule, now: datetime) -> list[OnCallShift]:
    rows = OnCallShift.objects.filter(role__schedule=schedule, ends_at__gt=now)
    return list(rows.select_related("role", "user"))


def _order(turn: Turn) -> tuple[datetime, int]:
    return turn.starts_at, turn.role


def _is_fixed(turn: Turn) -> bool:
    """Gaps have nobody to trade with, and overrides are trades already."""
    return turn.is_gap or turn.is_override
