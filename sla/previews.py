"""What a change of the rules would do to open deadlines, told before it is saved (N11)."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.utils.translation import ngettext

from core import clock
from core.registries import Impact
from sla.case import Case
from sla.drafts import (
    Draft,
    DraftCalendars,
    with_calendar,
    with_department,
    with_policy,
    with_status,
)
from sla.ledger import LIVE, ClockState, Entry, fold
from sla.models import ClockEntry, Coverage
from sla.plan import Planned, Planner
from sla.rules import Rules

Key = tuple[str, int]
Ledgers = Mapping[Key, list[Entry]]

LOOKED_AT = 5_000  # open tickets; beyond that, and beyond the budget, it is "at least"
BUDGET_S = 2.0
CHUNK = 250


@dataclass(slots=True)
class Effect:
    """Deadlines of open tickets that would move; a lower bound where not all were looked at."""

    changed: int = 0
    late: int = 0
    spared: int = 0
    is_at_least: bool = False

    def words(self) -> str:
        """For the form: nothing when nothing moves."""
        if not self.changed:
            return ""
        return " ".join([self._changed(), *self._overdue()])

    def _changed(self) -> str:
        if self.is_at_least:
            words = ngettext(
                "At least %(count)d open deadline changes.",
                "At least %(count)d open deadlines change.",
                self.changed,
            )
        else:
            words = ngettext(
                "%(count)d open deadline changes.", "%(count)d open deadlines change.", self.changed
            )
        return words % {"count": self.changed}

    def _overdue(self) -> Iterator[str]:
        if self.late:
            words = ngettext("%(count)d becomes overdue.", "%(count)d become overdue.", self.late)
            yield words % {"count": self.late}
        if self.spared:
            words = ngettext(
                "%(count)d is no longer overdue.", "%(count)d are no longer overdue.", self.spared
            )
            yield words % {"count": self.spared}


def effect_of(draft: Draft, *, now: datetime) -> Effect:
    """What putting `draft` in force would do now; reads only."""
    rules, calendars = draft.compiled()
    effect, end = Effect(), time.monotonic() + BUDGET_S
    covered = Coverage.objects.filter(ticket__is_open=True).order_by("-pk")
    seen, last = 0, 0
    while rows := list(_below(covered, last).values_list("pk", "case")[:CHUNK]):
        if seen >= LOOKED_AT or time.monotonic() > end:
            effect.is_at_least = True
            break
        planned = {pk: _planned(case, rules, calendars, now=now) for pk, case in rows}
        touched = {pk: plans for pk, plans in planned.items() if plans}
        ledgers = _ledgers(list(touched))
        for pk, plans in touched.items():
            _count(effect, ledgers[pk], plans, calendars, now=now)
        seen, last = seen + len(rows), rows[-1][0]
    return effect


def _below(covered: Any, last: int) -> Any:
    return covered.filter(pk__lt=last) if last else covered


def _planned(
    stored: Mapping[str, Any], rules: Rules, calendars: DraftCalendars, *, now: datetime
) -> list[Planned]:
    """What the planner would write into the ledgers of one ticket."""
    planner = Planner(Case.from_json(stored), rules=rules, calendars=calendars)
    planner.change_rules(rules, now)
    return planner.planned


def _ledgers(tickets: list[int]) -> dict[int, dict[Key, list[Entry]]]:
    """The ledgers of their live clocks."""
    found: dict[int, dict[Key, list[Entry]]] = defaultdict(lambda: defaultdict(list))
    rows = ClockEntry.objects.filter(clock__ticket__in=tickets, clock__state__in=LIVE)
    named = rows.order_by("clock_id", "seq").values_list(
        "clock__ticket", "clock__metric", "clock__cycle", "kind", "at", "data"
    )
    for ticket, metric, cycle, *entry in named:
        found[ticket][metric, cycle].append(Entry(*entry))
    return found


def _count(
    effect: Effect,
    ledgers: Ledgers,
    planned: list[Planned],
    calendars: DraftCalendars,
    *,
    now: datetime,
) -> None:
    added: dict[Key, list[Entry]] = defaultdict(list)
    for row in planned:
        added[row.metric, row.cycle].append(Entry(row.kind, row.at, row.data))
    for key, entries in added.items():
        stored = ledgers.get(key, [])
        before = fold(stored, calendars, now) if stored else None
        after = fold([*stored, *entries], calendars, now)
        if _due(before) == _due(after):
            continue
        effect.changed += 1
        effect.late += _is_overdue(after, now) and not _is_overdue(before, now)
        effect.spared += _is_overdue(before, now) and not _is_overdue(after, now)


def _due(state: ClockState | None) -> datetime | None:
    return state.due_at if state is not None and state.state in LIVE else None


def _is_overdue(state: ClockState | None, now: datetime) -> bool:
    """Due this very second is as good as late: nobody can keep it any more."""
    due = _due(state)
    return due is not None and due <= now


# -- for core's registry ----------------------------------------------------------------


def _preview(
    field: str, draft: Callable[[Any, Any], Draft]
) -> Callable[[Model, dict[str, tuple[Any, Any]]], str]:
    """A preview of changes to `field`, by the draft of its row and new value."""

    def preview(row: Model, changes: dict[str, tuple[Any, Any]]) -> str:
        if field not in changes:
            return ""
        return effect_of(draft(row, changes[field][1]), now=clock.now()).words()

    return preview


IMPACTS = {
    "sla.policies": Impact("sla.slapolicy", _preview("spec", with_policy)),
    "sla.calendars": Impact("calendars.businesscalendar", _preview("spec", with_calendar)),
    "sla.statuses": Impact("tickets.status", _preview("pauses_sla", with_status)),
    "sla.departments": Impact("accounts.department", _preview("calendar", with_department)),
}
