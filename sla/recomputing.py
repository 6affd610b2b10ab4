"""Every clock rebuilt from what happened, and compared with what is stored (sla.md 0, point 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from core import clock as house_clock
from core.registries import Finding
from sla.case import Case
from sla.following import cover, facts_of
from sla.models import Coverage, PolicySetVersion, SlaClock
from sla.plan import Planner
from sla.saving import deadline_of, fired_breach, folded_state, take_state
from sla.storing import STATE_FIELDS
from sla.versions import rules_for, stored_calendars
from tickets.actions import set_deadline
from tickets.actions.record import lock_ticket
from tickets.models import Event, Ticket

BATCH = 200
# How long the sweep may take to write what no entry could know.
_PATIENCE = timedelta(minutes=5)
# Entries that no history of a ticket knows: a manager wrote them by hand.
MANUAL = frozenset({"void", "correct"})
# Not folded: they follow from the newest terms.
_NAMED = frozenset({"policy", "source"})


@dataclass(frozen=True)
class Difference:
    """One clock or ticket whose stored state is not what its past says."""

    ticket: Ticket
    words: str

    def __str__(self) -> str:
        return f"ticket #{self.ticket.number}: {self.words}"


def check_clocks(*, repair: bool) -> list[Finding]:
    """For `manage.py verify`: every difference, mended when asked to."""
    return [Finding(str(row), repaired=repair) for row in differences(repair=repair)]


def differences(*, repair: bool = False) -> Iterator[Difference]:
    """Compare every ticket, batch by batch; with `repair` its caches are written anew."""
    last = 0
    while batch := list(_tickets().filter(pk__gt=last)[:BATCH]):
        yield from _batch(batch, repair=repair)
        last = batch[-1].pk


def _batch(tickets: list[Ticket], *, repair: bool) -> Iterator[Difference]:
    ids = [ticket.pk for ticket in tickets]
    coverages = Coverage.objects.in_bulk(ids)
    clocks: dict[int, list[SlaClock]] = defaultdict(list)
    for clock in SlaClock.objects.filter(ticket__in=ids).prefetch_related("entries").order_by("pk"):
        clocks[clock.ticket_id].append(clock)
    events: dict[int, list[Event]] = defaultdict(list)
    for event in Event.objects.filter(ticket__in=ids).order_by("pk"):
        events[event.ticket_id].append(event)
    for ticket in tickets:
        words = _compared(ticket, coverages.get(ticket.pk), clocks[ticket.pk], events[ticket.pk])
        if words and repair:
            mend(ticket)
        yield from (Difference(ticket, text) for text in words)


def _compared(
    ticket: Ticket, coverage: Coverage | None, clocks: list[SlaClock], events: list[Event]
) -> list[str]:
    if coverage is None:
        return ["open, but no clock follows it"] if ticket.is_open else []
    words = [text for clock in clocks for text in _cache_differences(clock)]
    words += _replay_differences(coverage, clocks, events)
    shown = deadline_of(Case.from_json(coverage.case), clocks)
    for name, value in vars(shown).items():
        stored = getattr(ticket, f"sla_{name}")
        if stored != value:
            words.append(f"sla_{name} is {stored}, should be {value}")
    return words


def _cache_differences(clock: SlaClock) -> list[str]:
    """The columns of a clock against what its ledger folds to."""
    mirror = _folded_anew(clock)
    words = []
    for name in STATE_FIELDS:
        stored, value = getattr(clock, name), getattr(mirror, name)
        if name not in _NAMED and stored != value and not _awaits_sweep(name, stored):
            words.append(f"{clock.metric} #{clock.cycle}: {name} is {stored}, should be {value}")
    return words


def _folded_anew(clock: SlaClock) -> SlaClock:
    """The columns as of the last entry, and the breach that a sweep has noted since."""
    entries = list(clock.entries.all())
    state = folded_state(entries)
    mirror = take_state(SlaClock(fired=clock.fired), state)
    fired_at = fired_breach(state, clock.fired)
    if state.breached_at is None and clock.breached_at is not None and fired_at is not None:
        late = take_state(SlaClock(fired=clock.fired), folded_state(entries, as_of=fired_at))
        mirror.breached_at, mirror.next_fire_at = late.breached_at, late.next_fire_at
    return mirror


def _awaits_sweep(name: str, stored: Any) -> bool:
    """A firing that a race put back is due at once, and the next sweep moves on."""
    now = house_clock.now()
    return name == "next_fire_at" and stored is not None and now - _PATIENCE < stored <= now


def _replay_differences(
    coverage: Coverage, clocks: list[SlaClock], events: list[Event]
) -> list[str]:
    """The ledgers against what the history plans under the rules that were in force."""
    planned: dict[tuple[str, int], list[Any]] = defaultdict(list)
    for row in replay(coverage, events):
        planned[row.metric, row.cycle].append((row.kind, row.at))
    words = []
    for clock in clocks:
        key = (clock.metric, clock.cycle)
        written = [(e.kind, e.at) for e in clock.entries.all() if e.kind not in MANUAL]
        if written != planned.pop(key, []):
            words.append(f"{clock.metric} #{clock.cycle}: its ledger is not what happened")
    return words + [f"{metric} #{cycle}: no clock" for metric, cycle in planned]


def replay(coverage: Coverage, events: list[Event]) -> list[Any]:
    """What the planner decides about a history, under the versions that were in force."""
    versions = list(
        PolicySetVersion.objects.filter(
            Q(pk__gt=coverage.began_under_id), pk__lte=coverage.rules_id
        )
        .order_by("pk")
        .values_list("pk", "valid_from")
    )
    planner = Planner(
        Case(facts=dict(coverage.facts["0"])),
        rules=rules_for(coverage.began_under_id),
        calendars=stored_calendars,
    )
    for fact in facts_of(events):
        if fact.id > coverage.admitted_after and not planner.case.is_admitted:
            planner.admit(coverage.admitted_at)
        while planner.case.is_admitted and versions and coverage.took(versions[0][0]) < fact.id:
            pk, at = versions.pop(0)
            planner.change_rules(rules_for(pk), at)
        if known := coverage.facts.get(str(fact.id)):
            planner.refresh(known, fact)
        if fact.id <= coverage.last_event_id:
            planner.follow(fact)
    if not planner.case.is_admitted:
        planner.admit(coverage.admitted_at)
    for pk, at in versions:
        planner.change_rules(rules_for(pk), at)
    return planner.planned


@transaction.atomic
def mend(ticket: Ticket) -> None:
    """Write the caches of one ticket anew from its ledgers; an uncovered ticket is covered."""
    ticket = lock_ticket(ticket)
    coverage = Coverage.objects.filter(pk=ticket.pk).first()
    if coverage is None:
        cover(ticket, now=house_clock.now())
        return
    clocks = list(SlaClock.objects.filter(ticket=ticket).prefetch_related("entries").order_by("pk"))
    for clock in clocks:
        mirror = _folded_anew(clock)
        for name in STATE_FIELDS:
            if name not in _NAMED:
                setattr(clock, name, getattr(mirror, name))
    SlaClock.objects.bulk_update(clocks, STATE_FIELDS)
    set_deadline(ticket, deadline=deadline_of(Case.from_json(coverage.case), clocks))


def _tickets() -> Any:
    return Ticket.objects.order_by("pk")
