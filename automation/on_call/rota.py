"""Who is on call when: weekly turns, hand-over at a local time, overrides that cut them; pure.

Times are instants; only the hand-over is wall time, so a week with a change of clocks has 167 or
169 hours and the hand-over stays at nine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS_OF_A_WEEK = 7


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """The rules of one schedule as they stood from `valid_from` on.

    `roles` maps a role to the people who take turns in it, in their order.
    """

    zone: ZoneInfo
    weekday: int
    at: time
    starts_on: date
    roles: Mapping[int, tuple[int, ...]]
    valid_from: datetime


@dataclass(frozen=True, kw_only=True)
class Override:
    """Somebody who stands in for whose turn it is."""

    role: int
    person: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A schedule: its rules over time, oldest first, and its overrides."""

    rotations: Sequence[Rotation]
    overrides: Sequence[Override] = ()


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One stretch of time in one role; without a person it is a gap."""

    role: int
    person: int | None
    starts_at: datetime
    ends_at: datetime
    is_override: bool = False

    @property
    def is_gap(self) -> bool:
        return self.person is None


def who(plan: Plan, role: int, at: datetime) -> int | None:
    """The person on call in `role` at that moment; None for a gap."""
    for override in plan.overrides:
        if override.role == role and override.starts_at <= at < override.ends_at:
            return override.person
    rotation = _rotation_at(plan, at)
    return None if rotation is None else _person(rotation, role, _week_of(rotation, at))


def next_handover(plan: Plan, at: datetime) -> datetime | None:
    """When the next regular turn begins after `at`; None without rules."""
    rotation = _rotation_at(plan, at) or (plan.rotations[0] if plan.rotations else None)
    if rotation is None:
        return None
    week = max(_week_of(rotation, at) + 1, 0)
    return _handover(rotation, week)


def coverage(plan: Plan, role: int, starts_at: datetime, ends_at: datetime) -> list[Turn]:
    """The turns and gaps of `role` that fill the span without a hole, in order."""
    turns: list[Turn] = []
    for turn in _cut(list(_base_turns(plan, role, starts_at, ends_at)), plan.overrides):
        last = turns[-1] if turns else None
        if last is not None and _is_continued(last, turn):
            turns[-1] = replace(last, ends_at=turn.ends_at)
        else:
            turns.append(turn)
    return turns


def gaps(plan: Plan, role: int, starts_at: datetime, ends_at: datetime) -> list[Turn]:
    """The stretches in which nobody would be paged."""
    return [turn for turn in coverage(plan, role, starts_at, ends_at) if turn.is_gap]


# -- weekly turns -----------------------------------------------------------------------


def _rotation_at(plan: Plan, at: datetime) -> Rotation | None:
    found = None
    for rotation in plan.rotations:
        if rotation.valid_from <= at:
            found = rotation
    return found


def _first_day(rotation: Rotation) -> date:
    """The hand-over day on or before the start, so that nobody waits for the first Monday."""
    return rotation.starts_on - timedelta(
        days=(rotation.starts_on.weekday() - rotation.weekday) % DAYS_OF_A_WEEK
    )


def _handover(rotation: Rotation, week: int) -> datetime:
    """The instant of a hand-over; one that the clocks skip lies after the gap."""
    day = _first_day(rotation) + timedelta(weeks=week)
    return datetime.combine(day, rotation.at, tzinfo=rotation.zone).astimezone(UTC)


def _week_of(rotation: Rotation, at: datetime) -> int:
    """The number of the turn that runs at `at`, counted from 0; negative before the start."""
    day = at.astimezone(rotation.zone).date()
    week = (day - _first_day(rotation)).days // DAYS_OF_A_WEEK
    # A hand-over that the clocks moved past midnight may belong to the day before or after.
    for guess in (week + 1, week):
        if _handover(rotation, guess) <= at:
            return guess
    return week - 1


def _person(rotation: Rotation, role: int, week: int) -> int | None:
    people = rotation.roles.get(role, ())
    return people[week % len(people)] if people and week >= 0 else None


def _base_turns(plan: Plan, role: int, starts_at: datetime, ends_at: datetime) -> Iterator[Turn]:
    at = starts_at
    while at < ends_at:
        rotation = _rotation_at(plan, at)
        changes = [r.valid_from for r in plan.rotations if r.valid_from > at]
        person = None
        if rotation is not None:
            week = _week_of(rotation, at)
            person = _person(rotation, role, week)
            changes.append(_handover(rotation, max(week + 1, 0)))
        until = min([*changes, ends_at])
        yield Turn(role=role, person=person, starts_at=at, ends_at=until)
        at = until


# -- overrides --------------------------------------------------------------------------


def _cut(turns: list[Turn], overrides: Sequence[Override]) -> Iterator[Turn]:
    """The turns with the overrides in their place."""
    for turn in turns:
        at = turn.starts_at
        for override in sorted(overrides, key=lambda row: row.starts_at):
            starts, ends = max(override.starts_at, at), min(override.ends_at, turn.ends_at)
            if override.role != turn.role or starts >= ends:
                continue
            if at < starts:
                yield replace(turn, starts_at=at, ends_at=starts)
            yield Turn(
                role=turn.role,
                person=override.person,
                starts_at=starts,
                ends_at=ends,
                is_override=True,
            )
            at = ends
        if at < turn.ends_at:
            yield replace(turn, starts_at=at)


def _is_continued(last: Turn, turn: Turn) -> bool:
    """Whether the same person stays; hand-overs to oneself are told as turns of their own."""
    same = (last.person, last.is_override) == (turn.person, turn.is_override)
    return same and (turn.is_override or turn.is_gap)
