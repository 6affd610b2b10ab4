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
from sla.saving import deadline_of, folded_state, take_state
from sla.storing import STATE_FIELDS
from sla.versions import rules_for, stored_calendars
from tickets.actions import set_deadline
from tickets.actions.record import lock_ticket
from tickets.models import Event, Ticket

BATCH = 200
# What is the sweep's to write while a clock runs; it may be a sweep's pause behind.
_SWEPT = frozenset({"breached_at", "next_fire_at"})
_PATIENCE = timedelta(minutes=5)
# Entries that no history of a ticket knows: a manager wrote them by hand.
MANUAL = frozenset({"void", "correct"})


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
    live = [clock for clock in clocks if clock.is_live] + clocks[-1:]
    shown = deadline_of(Case.from_json(coverage.case), clocks or live)
    for name, value in vars(shown).items():
        stored = getattr(ticket, f"sla_{name}")
        if stored != value:
            words.append(f"sla_{name} is {stored}, should be {value}")
    return words


def _cache_differences(clock: SlaClock) -> list[str]:
    """The columns of a clock against what its ledger folds to."""
    before = {
        name: getattr(clock, name) for name in STATE_FIELDS if name not in ("policy", "source")
    }
    mirror = SlaClock(fired=clock.fired)
    take_state(mirror, folded_state(clock.entries.all()))
    words = []
    for name, stored in before.items():
        value = getattr(mirror, name)
        if stored != value and not (name in _SWEPT and _is_swept(clock)):
            words.append(f"{clock.metric} #{clock.cycle}: {name} is {stored}, should be {value}")
    return words


def _is_swept(clock: SlaClock) -> bool:
    """Whether the sweep has written, or will soon, what the last entry could not know."""
    now = house_clock.now()
    fires = clock.next_fire_at
    if fires is not None and fires < now - _PATIENCE:
        return False
    state = folded_state(clock.entries.all(), as_of=now)
    is_late = state.breached_at is not None and state.breached_at < now - _PATIENCE
    return not is_late or clock.breached_at == state.breached_at


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
        while planner.case.is_admitted and versions and versions[0][1] <= fact.at:
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
        take_state(clock, folded_state(clock.entries.all(), as_of=None))
    SlaClock.objects.bulk_update(clocks, STATE_FIELDS)
    set_deadline(ticket, deadline=deadline_of(Case.from_json(coverage.case), clocks))


def _tickets() -> Any:
    return Ticket.objects.order_by("pk")
