"""From the history of a ticket to ledger entries, one event at a time; pure (sla.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sla.case import CUSTOM, Fact, LastReply
from sla.clockwork import RESOLVED_KINDS, Clockwork, Planned
from sla.ledger import CANCELLED, PAUSED, SATISFIED
from sla.rules import (
    ACKNOWLEDGE,
    NEXT_RESPONSE,
    RESOLUTION,
    RESPONSES,
    UPDATE,
    Rules,
)

__all__ = ["FOLLOWED", "RESOLVED_KINDS", "Planned", "Planner"]

SPAM = "spam"
# Changing one of these asks again which policy applies; tier and contract do so only where the
# policy says it (R103, sla.md 3).
_SELECTING = frozenset({"department", "service", "customer", "priority", "tags", "subject"})


class Planner(Clockwork):
    """Follows one ticket; `case` is what it remembers between events, `planned` what it decided."""

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
        self._keep_or_select()
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
        if not self.case.awaits_answer:
            self.case.awaits_answer = True
            self._start_missing()

    def _staff_replied(self, fact: Fact) -> None:
        """Only a person's reply satisfies; rules, bots and API keys do not (sla.md 4)."""
        if fact.actor_kind != "user":
            return
        awaited, self.case.awaits_answer = self.case.awaits_answer, False
        first, self.case.has_reply = not self.case.has_reply, True
        ended = [clock for clock in self.case.live() if clock.metric in (*RESPONSES, UPDATE)]
        resting = [clock.key for clock in ended if clock.state == PAUSED]
        for clock in ended:
            self._end(clock, "satisfy", message=fact.message_id)
        self._start_missing()
        self.case.last_reply = LastReply(
            message=fact.message_id,
            ended=[clock.key for clock in ended],
            resting=resting,
            awaited=awaited,
            first=first,
            at=self.at.isoformat(),
        )

    def _reply_withdrawn(self, fact: Fact) -> None:
        """An undone reply satisfied nothing; the time since runs on as if it had not been (N18)."""
        case, reply = self.case, self.case.last_reply
        if reply is None or reply.message != fact.message_id:
            return
        older_question = reply.first or reply.awaited
        for clock in case.live():
            if clock.metric == UPDATE or (clock.metric == NEXT_RESPONSE and older_question):
                self._end(clock, "cancel", reason="withdrawn")
        # Whoever wrote since is waiting all the same.
        case.awaits_answer = reply.awaited or case.awaits_answer
        case.has_reply = not reply.first
        case.last_reply = None
        if case.gone or case.excluded:
            return
        for clock in [case.clocks[key] for key in reply.ended if key in case.clocks]:
            self._reopen(clock, counts_from=reply.at, rests=clock.key in reply.resting)
        self._rest_or_run()

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
        is_own = any(name.startswith(CUSTOM) for name in changes)
        return is_own or bool(_SELECTING & changes.keys()) or "sla_policy" in changes

    def _tagged(self, fact: Fact) -> None:
        removed = {name.lower() for name in fact.data.get("removed", ())}
        kept = {name for name in self.case.facts.get("tags", ()) if name.lower() not in removed}
        self.case.facts["tags"] = sorted(kept | set(fact.data.get("added", ())))
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
        if self.case.gone not in ("", SPAM):
            return
        reason = {"marked_spam": SPAM, "deleted": "deleted"}.get(fact.kind, "")
        reason = reason or f"merged into #{fact.data.get('into', '?')}"
        self.case.gone = reason
        for clock in self.case.live():
            self._end(clock, "cancel", reason=reason)

    def _came_back(self, fact: Fact) -> None:
        """From the spam list: the time there counts as a pause, what happened there is made up."""
        if self.case.gone != SPAM:
            return
        self.case.gone = ""
        self._keep_or_select()
        if not self.case.excluded:
            for clock in list(self.case.clocks.values()):
                if clock.state == CANCELLED and clock.reason == SPAM and self._owes(clock.metric):
                    self._reopen(clock)
        if self.case.kind in RESOLVED_KINDS:
            self._resolve()
        else:
            self._go_on()
        self._reterm("not spam")
        self._rest_or_run()

    def _unmerged(self, _fact: Fact) -> None:
        """Out of the ticket it was merged into: what was promised begins anew (sla.md 4)."""
        if not self.case.gone or not self.case.is_admitted:
            return
        self.case.gone = ""
        self._keep_or_select()
        self._start_missing()
        self._rest_or_run()

    def _split(self, fact: Fact) -> None:
        """What waited for an answer may have left into a ticket of its own."""
        if fact.data.get("waits") or not self.case.has_reply:
            return
        self.case.awaits_answer = False
        for clock in self.case.live(NEXT_RESPONSE):
            self._end(clock, "cancel", reason="split")

    def _owes(self, metric: str) -> bool:
        """Whether nothing happened meanwhile that would have ended a clock of `metric`."""
        if metric == NEXT_RESPONSE:
            return self.case.awaits_answer
        return metric in (RESOLUTION, UPDATE) or not self.case.has_reply

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
        if self.case.excluded or self.case.gone:
            return
        policy = self._policy()
        begins_anew = policy is not None and policy.reopen == "restart"
        newest = next(self.case.of(RESOLUTION), None)
        if newest is not None and newest.state == SATISFIED and not begins_anew:
            self._reopen(newest)
            self._reterm_clock(newest, "reopened")
        self._start_missing()


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
    "merged_in": Planner._tagged,
    "parted": Planner._tagged,
    "unmerged": Planner._unmerged,
    "split": Planner._split,
    "unmarked_spam": Planner._came_back,
}
# The kinds of events that mean something to clocks.
FOLLOWED = frozenset(_STEPS)
