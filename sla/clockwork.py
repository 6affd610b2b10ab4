"""The clocks of one case: started, ended, rested, and kept under the terms that hold; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from sla.case import Case, Clock
from sla.ledger import CANCELLED, LIVE, PAUSED, RUNNING, SATISFIED
from sla.rules import (
    ACKNOWLEDGE,
    FIRST_RESPONSE,
    METRICS,
    NEXT_RESPONSE,
    RESOLUTION,
    RESPONSES,
    UPDATE,
    Calendars,
    Policy,
    Rules,
    Situation,
)

_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)
RESOLVED_KINDS = ("resolved", "closed")


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry to append to the ledger of a clock."""

    metric: str
    cycle: int
    kind: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


class Clockwork:
    """Acts on `case` under `rules`; what is to be written down collects in `planned`."""

    def __init__(self, case: Case, *, rules: Rules, calendars: Calendars) -> None:
        self.case = case
        self.rules = rules
        self.calendars = calendars
        self.planned: list[Planned] = []
        self.at: datetime = case.at or _BEFORE_ALL

    # -- policies -----------------------------------------------------------------------

    def _select(self) -> None:
        case = self.case
        if not case.is_pinned:
            found = self.rules.select(case.conditions(), day=self._today())
            case.policy = found.id if found else None
        self._settle()

    def _keep_or_select(self) -> None:
        """A policy chosen by hand stays; one that managers took away is chosen anew."""
        policy = self._policy()
        if self.case.is_pinned or (policy is not None and policy.is_offered):
            self._settle()
        else:
            self._select()

    def _settle(self) -> None:
        """What the policy and the service say about this ticket as a whole."""
        case, policy = self.case, self._policy()
        case.reselects = policy is not None and policy.reselects
        by_service = self.rules.excluded_services.get(case.service or 0, "")
        by_policy = policy.excluded if policy else ""
        self._set_excluded(case.excluded_by_hand or by_policy or by_service)

    def _today(self) -> date:
        """The date on the wall of the default calendar."""
        version = self.rules.calendars.get(self.rules.default_calendar)
        zone = self.calendars[version].zone if version is not None else UTC
        return self.at.astimezone(zone).date()

    def _exclude(self, reason: str) -> None:
        self.case.excluded_by_hand = reason
        self._select()
        self._reterm("exclusion")

    def _pin(self, policy: Mapping[str, Any] | None) -> None:
        self.case.is_pinned = policy is not None
        self.case.policy = policy["id"] if policy else None

    def _set_excluded(self, reason: str) -> None:
        self.case.excluded = reason
        if reason:
            for clock in self.case.live():
                self._end(clock, "cancel", reason=f"excluded: {reason}")

    def _reterm(self, why: str) -> None:
        """Bring every running clock under the terms that hold now; elapsed time is carried over."""
        if self.case.excluded or self.case.gone:
            return
        for clock in list(self.case.live()):
            self._reterm_clock(clock, why)
        self._start_missing()

    def _reterm_clock(self, clock: Clock, why: str) -> None:
        terms = self._terms(clock.metric, clock)
        if terms is None:
            self._end(clock, "cancel", reason="no target")
            return
        was = clock.terms
        if _promise(terms) != _promise(was):
            self._note(clock, "retarget", {**terms, "why": why})
        elif terms["calendar"] != was["calendar"]:
            self._note(clock, "recalendar", {"calendar": terms["calendar"], "why": why})
        clock.terms = terms

    def _start_missing(self) -> None:
        """Promises that hold only now begin now, never in the past."""
        case = self.case
        if case.kind in RESOLVED_KINDS or not (case.awaits_answer or case.has_reply):
            return
        wanted = {RESOLUTION}
        if not case.has_reply:
            wanted |= {FIRST_RESPONSE} | (set() if case.known(ACKNOWLEDGE) else {ACKNOWLEDGE})
        else:
            wanted |= {UPDATE, NEXT_RESPONSE} if case.awaits_answer else {UPDATE}
        for metric in METRICS:
            if metric in wanted:
                self._start(metric)

    # -- rest -------------------------------------------------------------------------------

    def _rest_or_run(self) -> None:
        for clock in self.case.live():
            should_rest = self._rests(clock)
            if should_rest and (clock.state == RUNNING or clock.reason != self.case.status_name):
                self._pause(clock)
            elif not should_rest and clock.state == PAUSED:
                clock.state, clock.reason = RUNNING, ""
                self._note(clock, "resume", {})

    def _pause(self, clock: Clock) -> None:
        """The status says so; another one that pauses as well is noted too."""
        clock.state, clock.reason = PAUSED, self.case.status_name
        self._note(clock, "pause", {"reason": clock.reason})

    def _rests(self, clock: Clock) -> bool:
        """A response is owed whatever the status, unless the policy says otherwise."""
        policy = self._policy()
        if clock.metric in RESPONSES and not (policy and policy.pauses_response):
            return False
        return clock.metric in self.case.pauses

    # -- clocks -------------------------------------------------------------------------

    def _start(self, metric: str) -> None:
        case = self.case
        if not case.is_admitted or case.excluded or case.gone or case.live(metric):
            return
        terms = self._terms(metric)
        if terms is None:
            return
        clock = self.case.add(metric, terms, self.at)
        self._note(clock, "start", terms)
        if self._rests(clock):
            self._pause(clock)

    def _end(
        self, clock: Clock, kind: str, *, reason: str = "", message: int | None = None
    ) -> None:
        clock.state = SATISFIED if kind == "satisfy" else CANCELLED
        clock.reason = reason
        facts = {"reason": reason, "message": message}
        self._note(clock, kind, {name: value for name, value in facts.items() if value})

    def _reopen(self, clock: Clock, *, counts_from: str = "", rests: bool = False) -> None:
        """Go on with a clock that was over, as it was before it ended where that span counts."""
        if clock.state in LIVE:
            return
        clock.state, clock.reason = PAUSED if rests else RUNNING, ""
        self._note(clock, "reopen", {"counts_from": counts_from} if counts_from else {})

    def _terms(self, metric: str, clock: Clock | None = None) -> dict[str, Any] | None:
        situation = Situation(
            metric=metric,
            priority=self.case.priority,
            department=self.case.department,
            started_at=datetime.fromisoformat(clock.started_at) if clock else self.at,
            began=clock.terms if clock else {},
        )
        return self.rules.terms(self._policy(), situation, self.calendars)

    def _policy(self) -> Policy | None:
        return self.rules.policy(self.case.policy)

    def _note(self, clock: Clock, kind: str, data: Mapping[str, Any]) -> None:
        self.planned.append(Planned(clock.metric, clock.cycle, kind, self.at, data))

    def _move_to(self, moment: datetime) -> None:
        """Whole seconds, and never backwards within a ticket (sla.md 4)."""
        moment = moment.replace(microsecond=0)
        self.at = self.case.at = max(self.at, moment)


def _promise(terms: Mapping[str, Any]) -> tuple[Any, ...]:
    """What makes two terms the same promise; the calendar's version is looked at apart."""
    named = ("target_s", "thresholds", "grace_s", "policy", "source", "amount", "unit")
    return tuple(terms.get(name) for name in named)
