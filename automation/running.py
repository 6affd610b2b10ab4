"""Runs the rules an occasion calls for: decide, change, do, and write down what was seen."""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from automation.doing import Doing
from automation.engine import MAX_ROUNDS, Decision, RuleSet, RuleSpec
from automation.metrics import loops_stopped
from automation.models import RuleRun
from automation.triggers import fits
from automation.versions import rules_in_force
from core.events import DomainEvent
from tickets.actors import Actor
from tickets.conditions import ticket_facts
from tickets.models import Message, Ticket

# Texts are kept this far: longer than anything "is" and "starts with" compare.
KEPT_TEXT = 500

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """What happened to `ticket`, whose row is locked by the caller.

    `before` are values as they were, for update triggers; `kept` the fields an agent set in the
    same step; `args` are compared with the rule's trigger arguments; `only` names the one rule a
    timer or a click is about, `effects` those it is for (None: all); `key` makes the keys of
    effects stable when an occasion may repeat.
    """

    ticket: Ticket
    trigger: str
    now: datetime
    actor: Actor
    message: Message | None = None
    event: DomainEvent | None = None
    before: Mapping[str, Any] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    args: Mapping[str, Any] = field(default_factory=dict)
    only: int | None = None
    effects: frozenset[str] | None = None
    key: str = ""
    user: User | None = None

    @property
    def root(self) -> uuid.UUID | None:
        return self.event.root if self.event else None

    @property
    def round(self) -> int:
        return self.event.depth if self.event else 0


def run_rules(kind: str, occasion: Occasion) -> RuleRun | None:
    """Run all rules of `kind` that wait for this occasion; None when none does.

    Nothing a rule does wrong reaches the caller: it is written down and logged instead
    (rules.md 3, rule 5).
    """
    rules = rules_in_force(kind)
    among = _waiting(rules, occasion) if rules else []
    if rules is None or not among:
        return None
    return _run_safely(kind, rules, among, occasion)


@transaction.atomic
def _run_safely(
    kind: str, rules: RuleSet, among: list[RuleSpec], occasion: Occasion
) -> RuleRun | None:
    try:
        with transaction.atomic():
            return _run(kind, rules, among, occasion)
    except Exception as failure:
        # A broken rule never costs a mail: the ticket's own change stays.
        logger.exception("rules of kind %s failed", kind)
        return _noted(kind, rules, occasion, RuleRun.Outcome.ERROR, notes=[repr(failure)[:300]])


def _run(kind: str, rules: RuleSet, among: list[RuleSpec], occasion: Occasion) -> RuleRun:
    if occasion.round >= MAX_ROUNDS:
        loops_stopped.inc()
        chain = _names(rules, _matched_before(occasion))
        return _noted(kind, rules, occasion, RuleRun.Outcome.LOOP_GUARD, notes=chain)
    if occasion.round:
        done = _matched_before(occasion)
        among = [rule for rule in among if rule.id not in done]
    began = time.perf_counter()
    facts = ticket_facts(
        occasion.ticket, message=occasion.message, now=occasion.now, before=occasion.before
    )
    facts |= occasion.args
    decision = rules.decide(among, facts)
    run = _row(kind, rules, occasion, _outcome(decision))
    run.matched = [rule.id for rule in decision.matched]
    run.facts, run.found = kept_facts(facts), decision.case.found()
    run.ms = (time.perf_counter() - began) * 1000
    run.save(force_insert=True)
    if decision.matched:
        Doing(run=run, occasion=occasion, facts=facts).do(decision.matched)
    return run


def kept_facts(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as a run keeps them: long texts cut, moments as text."""
    return {name: _kept(value) for name, value in facts.items()}


def _kept(value: Any) -> Any:
    if isinstance(value, str):
        return value[:KEPT_TEXT]
    return value.isoformat() if isinstance(value, datetime) else value


def _waiting(rules: RuleSet, occasion: Occasion) -> list[RuleSpec]:
    """The rules this occasion is for."""
    if occasion.only is not None:
        rule = rules.rule(occasion.only)
        return [rule] if rule and rule.is_enabled else []
    listening = rules.listening(occasion.trigger)
    return [rule for rule in listening if fits(rule.trigger, rule.trigger_args, occasion.args)]


def _matched_before(occasion: Occasion) -> set[int]:
    """Rules that matched earlier in the same chain: each runs once for a ticket and root."""
    if occasion.root is None:
        return set()
    runs = RuleRun.objects.filter(ticket=occasion.ticket, root=occasion.root)
    return {pk for matched in runs.values_list("matched", flat=True) for pk in matched}


def _names(rules: RuleSet, ids: set[int]) -> list[str]:
    return [rule.name for pk in sorted(ids) if (rule := rules.rule(pk))]


def _outcome(decision: Decision) -> str:
    return RuleRun.Outcome.APPLIED if decision.matched else RuleRun.Outcome.NO_MATCH


def _noted(
    kind: str, rules: RuleSet, occasion: Occasion, outcome: str, *, notes: Sequence[str]
) -> RuleRun:
    run = _row(kind, rules, occasion, outcome)
    run.notes = list(notes)
    run.save(force_insert=True)
    return run


def _row(kind: str, rules: RuleSet, occasion: Occasion, outcome: str) -> RuleRun:
    return RuleRun(
        ticket=occasion.ticket,
        version_id=rules.version_id,
        kind=kind,
        trigger=occasion.trigger,
        root=occasion.root,
        round=occasion.round,
        at=occasion.now,
        outcome=outcome,
        actor_name=occasion.actor.name[:160],
    )
