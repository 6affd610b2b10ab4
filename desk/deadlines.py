"""Deadlines as lists and heads show them: due, at risk, overdue, paused, met, failed, left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, Self

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import ui
from core.times import Times
from core.translating import gettext as _
from sla.durations import metric_name, spent_text
from sla.models import Metric, SlaClock
from tickets.models import NO_DEADLINE, Status, Ticket
from tickets.models.vocabulary import RESOLVED_KINDS, Kind

_NOW_OR_PAST = timedelta(0)
_COLUMNS = ("metric", "state", "due_at", "risk_at", "breached_at", "elapsed_s")


class Due(Protocol):
    """The stored columns a chip is made of: those of a ticket or of a line in a list."""

    @property
    def next_due_at(self) -> datetime: ...
    @property
    def due_reason(self) -> str: ...
    @property
    def sla_risk_at(self) -> datetime: ...
    @property
    def sla_metric(self) -> str: ...
    @property
    def sla_state(self) -> str: ...
    @property
    def status_kind(self) -> str: ...


@dataclass(frozen=True)
class ClockFacts:
    """One clock of a ticket, read together with the ticket."""

    metric: str
    state: str
    due_at: datetime | None
    risk_at: datetime | None
    breached_at: datetime | None
    elapsed_s: int

    @classmethod
    def of_json(cls, row: dict[str, Any]) -> Self:
        """From what the database put into the ticket's row."""
        return cls(
            **{**row, **{name: _moment(row[name]) for name in _COLUMNS if name[-3:] == "_at"}}
        )


def clock_rows() -> ArraySubquery:
    """For the statement that loads a ticket: its running clocks, and how the first reply went."""
    shown = Q(state__in=[SlaClock.State.RUNNING, SlaClock.State.PAUSED]) | Q(
        state=SlaClock.State.SATISFIED, metric=Metric.FIRST_RESPONSE
    )
    clocks = SlaClock.objects.filter(shown, ticket=OuterRef("pk"), metric__in=Metric.values)
    columns = JSONObject(**{name: name for name in _COLUMNS})
    return ArraySubquery(clocks.order_by("due_at", "pk").values(row=columns))


def due_mark(due: Due, *, status: str, times: Times, near: timedelta) -> SafeString:
    """The chip of a ticket, from its columns alone; `status` is the name of its status."""
    if due.sla_state == Ticket.SlaState.EXCLUDED and due.due_reason != Ticket.DueReason.PROMISE:
        return ui.due_chip(None, times=times, state="none", text=_("No SLA"))
    if due.next_due_at != NO_DEADLINE:
        return ui.due_chip(due.next_due_at, times=times, risk_at=risk_at(due, near=near))
    return _resting_mark(due, status, times)


def risk_at(due: Due, *, near: timedelta) -> datetime:
    """From when on the next thing due is close: the clock's first warning, else `near` before."""
    if due.due_reason == Ticket.DueReason.SLA:
        return due.sla_risk_at
    return due.next_due_at - near


def heat_of(due: Due, *, now: datetime, near: timedelta) -> str:
    """hot once it is late, warm when it is close, else nothing."""
    if due.next_due_at - now <= _NOW_OR_PAST:
        return "hot"
    return "warm" if now >= risk_at(due, near=near) else ""


def clock_marks(
    clocks: Iterable[ClockFacts], ticket: Ticket, *, reason: str, times: Times, near: timedelta
) -> list[SafeString]:
    """The chips at the head of a ticket: one for each running clock, else what the list shows.

    `reason` says why a ticket without deadlines has none.
    """
    clocks = list(clocks)
    live = [clock for clock in clocks if clock.state != SlaClock.State.SATISFIED]
    marks = [_named_mark(clock, ticket.status, times) for clock in live]
    if not live or ticket.due_reason == Ticket.DueReason.PROMISE:
        marks.insert(0, due_mark(ticket, status=ticket.status.name, times=times, near=near))
    if reason and ticket.sla_state == Ticket.SlaState.EXCLUDED:
        words = _("No SLA: %(reason)s") % {"reason": reason}
        marks[0] = ui.due_chip(None, times=times, state="none", text=words)
    marks += [_replied_mark(clock, times) for clock in clocks if clock not in live]
    return [mark for mark in marks if mark]


def _resting_mark(due: Due, status: str, times: Times) -> SafeString:
    state = due.sla_state
    if due.status_kind in RESOLVED_KINDS:
        if state == Ticket.SlaState.FAILED:
            return ui.due_chip(None, times=times, state="failed", text=_("Missed"))
        is_met = state == Ticket.SlaState.MET
        return ui.due_chip(None, times=times, state="met") if is_met else SafeString("")
    if state == Ticket.SlaState.PAUSED:
        return _paused_mark(due.status_kind, status, times)
    if due.status_kind == Kind.WAITING_CUSTOMER:
        return ui.due_chip(None, times=times, state="paused", text=_("Customer's turn"))
    if due.status_kind == Kind.WAITING_THIRD_PARTY:
        return ui.due_chip(None, times=times, state="paused", text=_("On hold"))
    return SafeString("")


def _paused_mark(kind: str, status: str, times: Times) -> SafeString:
    is_theirs = kind == Kind.WAITING_CUSTOMER
    words = _("Paused: customer") if is_theirs else _("Paused: %(status)s") % {"status": status}
    return ui.due_chip(None, times=times, state="paused", text=words)


def clock_mark(clock: ClockFacts, status: Status, times: Times) -> SafeString:
    """The chip of one clock of a ticket in `status`."""
    if clock.state == SlaClock.State.CANCELLED:
        return ui.due_chip(None, times=times, state="none", text=_("Dropped"))
    if clock.state == SlaClock.State.SATISFIED:
        is_late = clock.breached_at is not None
        words = _("Missed") if is_late else _("Met")
        return ui.due_chip(None, times=times, state="failed" if is_late else "met", text=words)
    if clock.due_at is None:
        return _paused_mark(status.kind, status.name, times)
    return ui.due_chip(clock.due_at, times=times, risk_at=clock.risk_at)


def _named_mark(clock: ClockFacts, status: Status, times: Times) -> SafeString:
    name = metric_name(clock.metric)
    chip = clock_mark(clock, status, times)
    return format_html('<span class="due-of"><span>{}</span> {}</span>', name, chip)


def _replied_mark(clock: ClockFacts, times: Times) -> SafeString:
    words = _("First reply %(time)s") % {"time": spent_text(clock.elapsed_s)}
    state: ui.DueState = "failed" if clock.breached_at else "met"
    return ui.due_chip(None, times=times, state=state, text=words)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
