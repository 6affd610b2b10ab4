"""The rules in force as data: policies, queue targets, exclusions, calendars, pausing statuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from calendars.engine import Calendar, NeverOpen
from core.conditions import Compiled

ACKNOWLEDGE = "acknowledge"
FIRST_RESPONSE = "first_response"
NEXT_RESPONSE = "next_response"
UPDATE = "update"
RESOLUTION = "resolution"
METRICS = (ACKNOWLEDGE, FIRST_RESPONSE, NEXT_RESPONSE, UPDATE, RESOLUTION)
RESPONSES = (ACKNOWLEDGE, FIRST_RESPONSE, NEXT_RESPONSE)

BUSINESS_DAYS = "business_days"
_UNIT_SECONDS = {"minutes": 60, "hours": 3600}
# The most specific wins; `closed` is any time outside hours (sla.md 3).
_WHENS = {
    "holiday": ("holiday", "closed", "any"),
    "weekend": ("weekend", "closed", "any"),
    "closed": ("closed", "any"),
    "open": ("open", "any"),
}

Calendars = Mapping[int, Calendar]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One promise of a policy; `amount` None promises nothing for its priority."""

    metric: str
    amount: int | None
    unit: str
    priority: int | None = None
    when: str = "any"
    calendar: int | None = None
    ooh_extra_s: int = 0
    thresholds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One policy as it stood; `excluded` says why its tickets have no deadlines (R102)."""

    id: int
    name: str
    conditions: Mapping[str, Any]
    calendar: int | None
    reopen: str
    grace_s: int
    reselects: bool
    pauses_response: bool
    resolving_answers: bool
    valid_from: str | None
    valid_until: str | None
    excluded: str
    targets: tuple[Target, ...]
    is_offered: bool = True

    def is_valid_on(self, day: date) -> bool:
        """Whether a ticket of `day` may come under it; both ends are inclusive."""
        starts = self.valid_from is None or self.valid_from <= day.isoformat()
        return starts and (self.valid_until is None or day.isoformat() <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What a clock starts or is retargeted under; `began` are the terms it runs under already."""

    metric: str
    priority: int
    department: int
    started_at: datetime
    began: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of everything clocks depend on; `calendars` maps calendar ids to versions."""

    policies: tuple[Policy, ...] = ()
    queues: Mapping[int, Target] = field(default_factory=dict)
    excluded_services: Mapping[int, str] = field(default_factory=dict)
    department_calendars: Mapping[int, int] = field(default_factory=dict)
    default_calendar: int = 0
    calendars: Mapping[int, int] = field(default_factory=dict)
    statuses: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    _conditions: Compiled = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        trees = [dict(policy.conditions) for policy in self.policies]
        object.__setattr__(self, "_conditions", Compiled(trees))

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any]) -> Rules:
        """The rules a stored version describes."""
        return cls(
            policies=tuple(_policy(row) for row in spec.get("policies", ())),
            queues={
                int(pk): _target({**row, "metric": FIRST_RESPONSE})
                for pk, row in spec.get("queues", {}).items()
            },
            excluded_services=_by_id(spec.get("excluded_services", {})),
            department_calendars=_by_id(spec.get("department_calendars", {})),
            default_calendar=spec.get("default_calendar", 0),
            calendars=_by_id(spec.get("calendars", {})),
            statuses={int(pk): tuple(row) for pk, row in spec.get("statuses", {}).items()},
        )

    def policy(self, policy_id: int | None) -> Policy | None:
        """The policy with this id, if this version knows it."""
        return next((row for row in self.policies if row.id == policy_id), None)

    def select(self, facts: Mapping[str, Any], *, day: date) -> Policy | None:
        """The first policy whose conditions hold (R89); None without one."""
        case = self._conditions.case(facts)
        for number, policy in enumerate(self.policies):
            if not policy.is_offered or not policy.is_valid_on(day):
                continue
            if case.matches(number):
                return policy
        return None

    def terms(
        self, policy: Policy | None, situation: Situation, calendars: Calendars
    ) -> dict[str, Any] | None:
        """What a clock is to run under; None when nothing is promised.

        Policy first, then the department's queue target, which is a fallback only (C9, C10).
        """
        began = situation.began
        day = began.get("day") or self._day(policy, situation, calendars)
        target = _chosen(policy, situation, day)
        source = "policy"
        if target is None and situation.metric == FIRST_RESPONSE:
            target, source = self.queues.get(situation.department), "department"
        if target is None or target.amount is None:
            return None
        version = self.version_of(target.calendar, policy, situation.department)
        calendar = calendars[version]
        seconds = _frozen_days(target, began) or _seconds(target, situation.started_at, calendar)
        if not seconds:
            return None
        is_outside = began.get("is_outside", not calendar.is_open(situation.started_at))
        return {
            "target_s": seconds + (target.ooh_extra_s if is_outside else 0),
            "plain_s": seconds,
            "is_outside": is_outside,
            "calendar": version,
            "thresholds": list(target.thresholds),
            "grace_s": policy.grace_s if policy else 0,
            "amount": target.amount,
            "unit": target.unit,
            "policy": policy.id if policy and source == "policy" else None,
            "policy_name": policy.name if policy and source == "policy" else "",
            "source": source,
            "day": day,
        }

    def version_of(self, calendar: int | None, policy: Policy | None, department: int) -> int:
        """Target, policy, department, default: the first that names a calendar (C5)."""
        named = (
            calendar,
            policy.calendar if policy else None,
            self.department_calendars.get(department),
            self.default_calendar,
        )
        return next(self.calendars[pk] for pk in named if pk is not None and pk in self.calendars)

    def _day(self, policy: Policy | None, situation: Situation, calendars: Calendars) -> str:
        version = self.version_of(None, policy, situation.department)
        return calendars[version].day_kind(situation.started_at)


def _chosen(policy: Policy | None, situation: Situation, day: str) -> Target | None:
    """The target of this priority rather than one for any, then the most specific time."""
    if policy is None:
        return None
    mine = [row for row in policy.targets if row.metric == situation.metric]
    for priority in (situation.priority, None):
        for when in _WHENS[day]:
            for row in mine:
                if row.priority == priority and row.when == when:
                    return row
    return None


def _seconds(target: Target, started_at: datetime, calendar: Calendar) -> int:
    """Business days are converted once, at the clock's start (sla.md 3)."""
    amount = target.amount or 0
    if target.unit != BUSINESS_DAYS:
        return amount * _UNIT_SECONDS[target.unit]
    try:
        return calendar.between(started_at, calendar.add_days(started_at, amount))
    except NeverOpen:
        return 0  # so few days to come that nothing can be promised


def _frozen_days(target: Target, began: Mapping[str, Any]) -> int:
    """What the same number of business days was worth when the clock started; 0 when unknown."""
    is_same = (began.get("amount"), began.get("unit")) == (target.amount, BUSINESS_DAYS)
    return began["plain_s"] if is_same and target.unit == BUSINESS_DAYS else 0


def _policy(row: Mapping[str, Any]) -> Policy:
    return Policy(**{**row, "targets": tuple(_target(target) for target in row["targets"])})


def _target(row: Mapping[str, Any]) -> Target:
    return Target(**{**row, "thresholds": tuple(row["thresholds"])})


def _by_id(rows: Mapping[str, Any]) -> dict[int, Any]:
    return {int(pk): value for pk, value in rows.items()}
