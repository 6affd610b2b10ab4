"""From the history of a ticket to ledger entries, one event at a time; pure (sla.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sla.case import Case, Clock, Fact, LastReply
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
# Changing one of these asks again which policy applies; tier and contract do so only where the
# policy says it (R103, sla.md 3).
_SELECTING = frozenset({"department", "service", "customer", "priority", "tags", "subject"})


@dataclass(frozen=True, slots=True)
class Planned:
    """One entry to append to the ledger of a clock."""

    metric: str
    cycle: int
    kind: str
    at: datetime
    data: Mapping[str, Any] = field(default_factory=dict)


class Planner:
    """Follows one ticket; `case` is what it remembers between events, `planned` what it decided."""

    def __init__(self, case: Case, *, rules: Rules, calendars: Calendars) -> None:
        self.case = case
        self.rules = rules
        self.calendars = calendars
        self.planned: list[Planned] = []
        self.at: datetime = case.at or _BEFORE_ALL

    # -- what may happen ----------------------------------------------------------------

    def admit(self, at: datetime) -> None:
        """The ticket is settled after its routing: clocks start (ARCHITECTURE 3)."""
        self._move_to(at)
        self.case.is_admitted = True
        self.case.has_reply = self.case.has_reply or self.case.opened_with == "reply"
        self._select()
        self._start_missing()

    def follow(self, fact: Fact) -> None:
        """Take one event of the history into account."""
        step = _STEPS.get(fact.kind)
        if step is None:
            return
        if self.case.is_admitted:
            self._move_to(fact.at)
        step(self, fact)

    def reopened(self, key: tuple[str, int]) -> bool:
        """Whether the first thing planned for a clock goes on with one that was over."""
        return next(row.kind for row in self.planned if (row.metric, row.cycle) == key) == "reopen"

    def asks_for_facts(self, fact: Fact) -> bool:
        """Whether the history is not enough: a new requester, or a policy that reselects (R103)."""
        return self.case.reselects or "customer" in fact.data.get("changes", {})

    def refresh(self, facts: Mapping[str, Any], fact: Fact) -> None:
        """Take today's facts of customer and contract before an event is followed."""
        known = {**self.case.facts, **facts}
        if known == self.case.facts or not self.case.is_admitted:
            return
        self.case.facts = known
        if self.case.reselects:
            self._move_to(fact.at)
            self._select()
            self._reterm("customer")

    def change_rules(self, rules: Rules, at: datetime) -> None:
        """A manager edited policies, calendars or statuses: the future runs under the new ones."""
        self.rules = rules
        if self.case.status is not None and self.case.status.id in rules.statuses:
            self.case.status = self.case.status.pausing(rules.statuses[self.case.status.id])
        if not self.case.is_admitted or self.case.gone:
            return
        self._move_to(at)
        if not self._is_offered():
            self._select()
        self._reterm("rules")
        self._rest_or_run()

    # -- events -------------------------------------------------------------------------

    def _opened(self, fact: Fact) -> None:
        self.case.open(fact)

    def _customer_wrote(self, fact: Fact) -> None:
        if fact.data.get("automatic") or fact.data.get("held"):
            return
        if not self.case.has_reply:
            self._await_first_answer()
            return
        if not self.case.awaits_answer:
            self.case.awaits_answer = True
            self._start(NEXT_RESPONSE)

    def _await_first_answer(self) -> None:
        """A ticket that began with an automatic mail has nobody waiting until somebody writes."""
        if self.case.awaits_answer:
            return
        self.case.awaits_answer = True
        for metric in (ACKNOWLEDGE, FIRST_RESPONSE, RESOLUTION):
            if not self.case.known(metric):
                self._start(metric)

    def _staff_replied(self, fact: Fact) -> None:
        """Only a person's reply satisfies; rules, bots and API keys do not (sla.md 4)."""
        if fact.actor_kind != "user":
            return
        awaited, self.case.awaits_answer = self.case.awaits_answer, False
        first, self.case.has_reply = not self.case.has_reply, True
        ended = [clock for clock in self.case.live() if clock.metric in (*RESPONSES, UPDATE)]
        for clock in ended:
            self._end(clock, "satisfy", message=fact.message_id)
        if self.case.kind not in RESOLVED_KINDS:
            self._start(UPDATE)
        self.case.last_reply = LastReply(
            message=fact.message_id,
            ended=[clock.key for clock in ended],
            awaited=awaited,
            first=first,
            at=self.at.isoformat(),
        )

    def _reply_withdrawn(self, fact: Fact) -> None:
        """An undone reply satisfied nothing; the time since runs on as if it had not been (N18)."""
        reply = self.case.last_reply
        if reply is None or reply.message != fact.message_id:
            return
        for clock in self.case.live():
            if clock.metric == UPDATE:
                self._end(clock, "cancel", reason="withdrawn")
        for key in reply.ended:
            self._reopen(self.case.clocks[key], counts_from=reply.at)
        self.case.awaits_answer = reply.awaited
        self.case.has_reply = not reply.first
        self.case.last_reply = None

    def _changed(self, fact: Fact) -> None:
        was_resolved = self.case.kind in RESOLVED_KINDS
        changes = fact.data.get("changes", {})
        self.case.take(changes)
        if not self.case.is_admitted:
            return
        if "sla_exclusion" in changes:
            self._exclude(str(changes["sla_exclusion"]["after"] or ""))
        if "sla_policy" in changes:
            self._pin(changes["sla_policy"]["after"])
        if self._asks_again(changes):
            self._select()
            self._reterm(", ".join(sorted(changes)))
        self._acknowledge(fact, changes)
        if "status" in changes:
            self._follow_status(was_resolved=was_resolved)
        self._rest_or_run()

    def _asks_again(self, changes: Mapping[str, Any]) -> bool:
        return bool(_SELECTING & changes.keys()) or "sla_policy" in changes

    def _tagged(self, fact: Fact) -> None:
        tags = set(self.case.facts.get("tags", ()))
        tags |= set(fact.data.get("added", ()))
        tags -= set(fact.data.get("removed", ()))
        self.case.facts["tags"] = sorted(tags)
        if self.case.is_admitted:
            self._select()
            self._reterm("tags")
            self._rest_or_run()

    def _acknowledge(self, fact: Fact, changes: Mapping[str, Any]) -> None:
        """Taking a ticket acknowledges it: somebody gave it to themselves."""
        taken_by = (changes.get("assignee") or {}).get("after") or {}
        if fact.actor_kind == "user" and taken_by.get("id") == fact.actor_id:
            for clock in self.case.live(ACKNOWLEDGE):
                self._end(clock, "satisfy")

    def _left_queue(self, fact: Fact) -> None:
        reason = {"marked_spam": "spam", "deleted": "deleted"}.get(fact.kind, "")
        reason = reason or f"merged into #{fact.data.get('into', '?')}"
        self.case.gone = reason
        for clock in self.case.live():
            self._end(clock, "cancel", reason=reason)

    def _came_back(self, fact: Fact) -> None:
        """From the spam list: the time there counts as a pause."""
        reason, self.case.gone = self.case.gone, ""
        for clock in list(self.case.clocks.values()):
            if clock.state == CANCELLED and clock.reason == reason:
                self._reopen(clock)
        self._rest_or_run()

    # -- policies -----------------------------------------------------------------------

    def _select(self) -> None:
        case = self.case
        if not case.is_pinned:
            found = self.rules.select(case.conditions(), day=self.at.date())
            case.policy = found.id if found else None
        policy = self._policy()
        case.reselects = policy is not None and policy.reselects
        by_service = self.rules.excluded_services.get(case.service or 0, "")
        found_reason = (policy.excluded if policy else "") or by_service
        self._set_excluded(case.excluded_by_hand or found_reason)

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

    # -- statuses -----------------------------------------------------------------------

    def _follow_status(self, *, was_resolved: bool) -> None:
        is_resolved = self.case.kind in RESOLVED_KINDS
        if is_resolved and not was_resolved:
            self._resolve()
        elif was_resolved and not is_resolved:
            self._go_on()

    def _resolve(self) -> None:
        policy = self._policy()
        answers = policy is not None and policy.resolving_answers
        for clock in self.case.live():
            if clock.metric == RESOLUTION:
                self._end(clock, "satisfy")
            elif clock.metric in (NEXT_RESPONSE, UPDATE):
                self._end(clock, "cancel", reason="resolved")
            elif answers:
                self._end(clock, "cancel", reason="resolved without reply")
        self.case.awaits_answer = self.case.awaits_answer and not self.case.has_reply

    def _go_on(self) -> None:
        """Reopened: the span in between does not count, or everything begins anew."""
        policy = self._policy()
        for clock in self.case.of(RESOLUTION):
            if clock.state != SATISFIED:
                continue
            if policy is not None and policy.reopen == "restart":
                self._start(RESOLUTION)
            else:
                self._reopen(clock)
                self._reterm_clock(clock, "reopened")
            return

    def _rest_or_run(self) -> None:
        for clock in self.case.live():
            should_rest = self._rests(clock)
            if should_rest and clock.state == RUNNING:
                clock.state = PAUSED
                self._note(clock, "pause", {"reason": self.case.status_name})
            elif not should_rest and clock.state == PAUSED:
                clock.state = RUNNING
                self._note(clock, "resume", {})

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
            clock.state = PAUSED
            self._note(clock, "pause", {"reason": self.case.status_name})

    def _end(
        self, clock: Clock, kind: str, *, reason: str = "", message: int | None = None
    ) -> None:
        clock.state = SATISFIED if kind == "satisfy" else CANCELLED
        clock.reason = reason
        facts = {"reason": reason, "message": message}
        self._note(clock, kind, {name: value for name, value in facts.items() if value})

    def _reopen(self, clock: Clock, *, counts_from: str | None = None) -> None:
        if clock.state in LIVE:
            return
        clock.state, clock.reason = RUNNING, ""
        self._note(clock, "reopen", {"counts_from": counts_from} if counts_from else {})

    def _terms(self, metric: str, clock: Clock | None = None) -> dict[str, Any] | None:
        situation = Situation(
            metric=metric,
            priority=self.case.priority,
            department=self.case.department,
            started_at=datetime.fromisoformat(clock.started_at) if clock else self.at,
            day=clock.terms["day"] if clock else "",
        )
        return self.rules.terms(self._policy(), situation, self.calendars)

    def _is_offered(self) -> bool:
        """A policy chosen by hand stays; one that managers took away is chosen anew."""
        policy = self._policy()
        return self.case.is_pinned or (policy is not None and policy.is_offered)

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


_STEPS = {
    "opened": Planner._opened,
    "message_received": Planner._customer_wrote,
    "released": Planner._customer_wrote,
    "replied": Planner._staff_replied,
    "reply_withdrawn": Planner._reply_withdrawn,
    "changed": Planner._changed,
    "closed": Planner._changed,
    "reopened": Planner._changed,
    "tagged": Planner._tagged,
    "marked_spam": Planner._left_queue,
    "deleted": Planner._left_queue,
    "merged": Planner._left_queue,
    "unmarked_spam": Planner._came_back,
}
# The kinds of events that mean something to clocks.
FOLLOWED = frozenset(_STEPS)
