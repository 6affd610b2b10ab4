"""What-if: stored histories played under other rules and counted; pure, writes nothing (N1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from calendars.engine import NeverOpen
from sla.case import Case, Fact
from sla.ledger import BrokenLedger, Entry, fold
from sla.plan import Planned, Planner
from sla.rules import Calendars, Rules
from sla.simulation_report import Flip, Outcome, SimulationReport

Key = tuple[str, int]
# Rules with the moment from which they hold; the first hold from a ticket's admission.
Timeline = Sequence[tuple[datetime | None, Rules]]


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One ticket as it was stored: what happened, and how its clocks ended.

    `facts` were taken at admission, `later_facts` at the events that asked for them. `gone` says
    why it has no deadlines to speak of, `is_by_hand` that a manager corrected a clock.
    """

    ticket: int
    priority: int
    facts: Mapping[str, Any]
    events: Sequence[Fact]
    admitted_at: datetime
    admitted_after: int
    later_facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    recorded: Mapping[Key, Outcome] = field(default_factory=dict)
    gone: str = ""
    is_by_hand: bool = False


def simulate(
    timeline: Callable[[History], Timeline],
    calendars: Calendars,
    histories: Iterable[History],
    *,
    as_of: datetime,
    report: SimulationReport | None = None,
) -> SimulationReport:
    """Play every history under its timeline and count it beside what was recorded.

    Breaches a manager excused stay excused. Goes on counting in `report` when one is given.
    """
    report = report or SimulationReport()
    for history in histories:
        if history.gone or not history.events:
            report.skip(history.gone or "no history")
            continue
        try:
            played = outcomes(history, timeline(history), calendars, as_of=as_of)
        except NeverOpen:
            report.skip("never due")
        except (BrokenLedger, LookupError, ValueError):
            report.skip("unreadable")
        else:
            _count(report, history, played, as_of=as_of)
    return report


def throughout(rules: Rules) -> Callable[[History], Timeline]:
    """The same rules for every ticket from its first moment on.

    Without thresholds: they warn, but decide nothing that is counted here.
    """
    plain = tuple(
        replace(policy, targets=tuple(replace(target, thresholds=()) for target in policy.targets))
        for policy in rules.policies
    )
    queues = {pk: replace(target, thresholds=()) for pk, target in rules.queues.items()}
    quiet: Timeline = [(None, replace(rules, policies=plain, queues=queues))]
    return lambda _history: quiet


def outcomes(
    history: History, timeline: Timeline, calendars: Calendars, *, as_of: datetime
) -> dict[Key, Outcome]:
    """Every clock this ticket would have had, as it stands at `as_of`."""
    ledgers: dict[Key, list[Planned]] = defaultdict(list)
    for row in play(history, timeline, calendars):
        ledgers[row.metric, row.cycle].append(row)
    return {
        key: _outcome(ledger, calendars, excused=history.recorded.get(key), as_of=as_of)
        for key, ledger in ledgers.items()
    }


def play(history: History, timeline: Timeline, calendars: Calendars) -> list[Planned]:
    """What the planner decides about a history under a timeline of rules."""
    changes = list(timeline[1:])
    planner = Planner(Case(facts=dict(history.facts)), rules=timeline[0][1], calendars=calendars)
    for fact in history.events:
        if fact.id > history.admitted_after and not planner.case.is_admitted:
            planner.admit(history.admitted_at)
        while planner.case.is_admitted and changes and _holds(changes[0][0], fact.at):
            _change(planner, changes.pop(0))
        if known := history.later_facts.get(str(fact.id)):
            planner.refresh(known, fact)
        planner.follow(fact)
    if not planner.case.is_admitted:
        planner.admit(history.admitted_at)
    for change in changes:
        _change(planner, change)
    return planner.planned


def _holds(since: datetime | None, at: datetime) -> bool:
    return since is None or since <= at


def _change(planner: Planner, change: tuple[datetime | None, Rules]) -> None:
    since, rules = change
    planner.change_rules(rules, since or planner.at)


def _outcome(
    ledger: Sequence[Planned], calendars: Calendars, *, excused: Outcome | None, as_of: datetime
) -> Outcome:
    entries = [Entry(row.kind, row.at, row.data) for row in ledger]
    state = fold(entries, calendars, as_of)
    terms = next(row.data for row in reversed(ledger) if "target_s" in row.data)
    return Outcome(
        state=state.state,
        due_at=state.due_at,
        ended_at=state.ended_at,
        is_late=state.is_breached,
        is_excused=excused is not None and excused.is_excused,
        target_s=state.target_s,
        policy=terms.get("policy"),
        source=terms.get("source", ""),
    )


def _count(
    report: SimulationReport, history: History, played: Mapping[Key, Outcome], *, as_of: datetime
) -> None:
    report.tickets += 1
    if history.is_by_hand:
        report.note_by_hand(history.ticket)
    for key in sorted({*history.recorded, *played}):
        flip = Flip(
            ticket=history.ticket,
            priority=history.priority,
            metric=key[0],
            cycle=key[1],
            now=history.recorded.get(key),
            then=played.get(key),
        )
        report.count(flip, as_of=as_of)
