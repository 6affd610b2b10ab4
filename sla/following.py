"""Clocks follow their ticket: new history is planned, written to ledgers, folded and shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

from core.events import emit
from sla import events
from sla.case import Case, Fact
from sla.models import Coverage, PolicySetVersion, SlaClock
from sla.plan import Planned, Planner
from sla.saving import append, show
from sla.storing import Key, Ledgers, ledgers_of, load
from sla.versions import rules_for, stored_calendars, version_in_force
from tickets.conditions import ticket_facts
from tickets.models import Event, Ticket


def cover(ticket: Ticket, *, now: datetime) -> Coverage:
    """Start the clocks of a ticket the caller holds; its history so far only sets the scene."""
    version = version_in_force(now=now)
    facts = ticket_facts(ticket)
    case = Case(facts=dict(facts))
    planner = Planner(case, rules=rules_for(version), calendars=stored_calendars)
    history = _history(ticket, after=0)
    for fact in history:
        planner.follow(fact)
    planner.admit(now)
    last = history[-1].id if history else 0
    coverage = Coverage.objects.create(
        ticket=ticket,
        rules_id=version,
        began_under_id=version,
        admitted_at=planner.at,
        admitted_after=last,
        last_event_id=last,
        case=case.to_json(),
        facts={"0": facts},
    )
    _write(ticket, coverage, planner, defaultdict(list), now=now)
    _remember(ticket, last)
    return coverage


def follow(ticket: Ticket, *, now: datetime) -> None:
    """Take the new history of a ticket the caller holds into account.

    A ticket that is not covered yet is left alone: its clocks start when it is admitted.
    """
    if not _has_news(ticket):
        return
    found = load(ticket.pk)
    if found is not None:
        _follow(ticket, *found, now=now)


def catch_up(ticket: Ticket, *, now: datetime) -> None:
    """Bring a quiet ticket under the newest rules; the caller holds the row."""
    found = load(ticket.pk)
    if found is None:
        cover(ticket, now=now)
        return
    _follow(ticket, *found, now=now, to_end=True)


def _follow(
    ticket: Ticket,
    coverage: Coverage,
    ledgers: Ledgers,
    *,
    now: datetime,
    to_end: bool = False,
) -> None:
    case = Case.from_json(coverage.case)
    planner = Planner(case, rules=rules_for(coverage.rules_id), calendars=stored_calendars)
    changes = _pending_rules(coverage)
    for fact in _history(ticket, after=coverage.last_event_id):
        while changes and changes[0][1] <= fact.at:
            _take_rules(planner, coverage, changes.pop(0))
        _freshen(planner, coverage, ticket, fact)
        planner.follow(fact)
        coverage.last_event_id = fact.id
    for change in changes if to_end else ():
        _take_rules(planner, coverage, change)
    _remember(ticket, coverage.last_event_id)
    coverage.case = case.to_json()
    _write(ticket, coverage, planner, ledgers, now=now)


def _write(
    ticket: Ticket, coverage: Coverage, planner: Planner, ledgers: Ledgers, *, now: datetime
) -> None:
    """Ledger first, then its cache, then what the ticket shows."""
    keys = {(row.metric, row.cycle) for row in planner.planned}
    if any(key not in ledgers for key in keys if planner.reopened(key)):
        ledgers = ledgers_of(ticket.pk, keys)
    clocks = append(ticket, ledgers, planner.planned, coverage=coverage)
    show(ticket, planner.case, ledgers, clocks)
    _announce(ticket, planner.planned, clocks, now=now)


def _announce(
    ticket: Ticket,
    planned: list[Planned],
    clocks: dict[Key, SlaClock],
    *,
    now: datetime,
) -> None:
    kinds = {"start": events.ClockStarted, "satisfy": events.ClockSatisfied}
    for row in planned:
        if kind := kinds.get(row.kind):
            emit(kind(ticket=ticket, clock=clocks[row.metric, row.cycle], now=now))


# -- history and rules ------------------------------------------------------------------


def facts_of(rows: Iterable[Event]) -> list[Fact]:
    """Rows of the history as the planner reads them."""
    return [
        Fact(
            id=row.pk,
            kind=row.kind,
            at=row.at,
            actor_kind=row.actor_kind,
            actor_id=row.actor_user_id,
            message_id=row.message_id,
            data=row.data,
        )
        for row in rows
    ]


def _has_news(ticket: Ticket) -> bool:
    fresh = ticket.fresh_events
    return not fresh or fresh[-1].pk > vars(ticket).get("_sla_followed", 0)


def _remember(ticket: Ticket, event_id: int) -> None:
    vars(ticket)["_sla_followed"] = event_id


def _history(ticket: Ticket, *, after: int) -> list[Fact]:
    """What this transaction wrote, or, where that is not at hand, what the table says."""
    rows: Iterable[Event] = ticket.fresh_events
    if not ticket.fresh_events:
        rows = Event.objects.filter(ticket=ticket.pk, pk__gt=after).order_by("pk")
    return facts_of(row for row in rows if row.pk > after)


def _freshen(planner: Planner, coverage: Coverage, ticket: Ticket, fact: Fact) -> None:
    """A new requester brings new facts; a policy that reselects wants today's (R103).

    They are kept with the event they were taken at, for the history does not tell them.
    """
    if planner.asks_for_facts(fact):
        coverage.facts[str(fact.id)] = facts = ticket_facts(ticket)
        planner.refresh(facts, fact)


def _pending_rules(coverage: Coverage) -> list[tuple[int, datetime]]:
    """Versions written since this ticket was last looked at."""
    if vars(coverage)["newest"] == coverage.rules_id:
        return []
    later = PolicySetVersion.objects.filter(pk__gt=coverage.rules_id).order_by("pk")
    return list(later.values_list("pk", "valid_from"))


def _take_rules(planner: Planner, coverage: Coverage, change: tuple[int, datetime]) -> None:
    pk, at = change
    coverage.take(pk)
    planner.change_rules(rules_for(pk), at)
