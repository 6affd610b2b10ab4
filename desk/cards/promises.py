"""The card of promises: what the customer waits for, and what became of the last ones (N12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from core.moments import day_time
from desk.cards.card import Card
from desk.links import ticket_url
from desk.promising import PromiseForm
from tickets.models import Promise, Ticket

MAX_SHOWN: Final = 10
State = Promise.State


@dataclass(frozen=True, kw_only=True)
class PromiseLine:
    """One promise; one that is waited for has an address for its buttons."""

    url: str
    time: str
    moment: str
    text: str
    by: str
    state: SafeString | str
    is_open: bool
    is_late: bool
    is_awaited: bool


@dataclass(frozen=True)
class Promises:
    """The card as its template prints it."""

    count: SafeString
    lines: list[PromiseLine]
    form: PromiseForm


def promises_of(ticket: Ticket, _user: User, now: datetime) -> Promises:
    """Those waited for first, in one statement."""
    rows = list(ticket.promises.order_by("-pk")[:MAX_SHOWN])
    rows.sort(key=lambda row: (not row.is_awaited, row.due_at))
    waiting = sum(row.is_awaited for row in rows)
    lines = [_line(row, ticket, now) for row in rows]
    form = PromiseForm(auto_id="id_promise_%s")
    return Promises(ui.counter(waiting, unit=_("open promises")), lines, form)


def _line(row: Promise, ticket: Ticket, now: datetime) -> PromiseLine:
    is_open = row.state == State.OPEN
    return PromiseLine(
        url=f"{ticket_url(ticket.number)}/promises/{row.pk}",
        time=day_time(row.due_at, now=now),
        moment=timezone.localtime(row.due_at).strftime("%Y-%m-%dT%H:%M"),
        text=row.text,
        by=row.by_name,
        state="" if is_open else _ended(row),
        is_open=is_open,
        is_awaited=row.is_awaited,
        is_late=row.state == State.BROKEN or (is_open and row.due_at <= now),
    )


def _ended(row: Promise) -> SafeString:
    glyphs = {State.KEPT: "check", State.BROKEN: "triangle-alert", State.WITHDRAWN: "x"}
    return ui.icon(glyphs[State(row.state)], label=str(row.get_state_display()), size="s")


CARD = Card(template="desk/cards/promises.html", build=promises_of)
