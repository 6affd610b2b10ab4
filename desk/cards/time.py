"""The card of time: who worked how long on the ticket, and the timer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.models.role import Permission
from core.moments import moment_mark
from desk.cards.card import Card
from desk.links import ticket_url
from desk.work_forms import TimeForm
from tickets.models import Ticket, TimeEntry
from tickets.time_spent import time_spent, written_span

MOST = 20


@dataclass(frozen=True, kw_only=True)
class EntryLine:
    """One entry; without an address it is not the reader's to change."""

    url: str
    person: str
    span: str
    note: str
    is_billable: bool
    is_running: bool
    at: SafeString


@dataclass(frozen=True, kw_only=True)
class TimeCard:
    """The card as its template prints it; `elsewhere` names the ticket the timer runs on."""

    lines: list[EntryLine]
    total: str
    billable: str
    is_running: bool
    elsewhere: str
    form: TimeForm


def time_of(ticket: Ticket, user: User, now: datetime) -> TimeCard:
    """The entries of the ticket, the newest first, and the reader's timer wherever it runs."""
    mine = Q(user=user, ended_at=None)
    found = TimeEntry.objects.filter(Q(ticket=ticket) | mine).select_related("user", "ticket")
    rows = list(found.order_by("-started_at", "-pk")[: MOST + 1])
    here = [row for row in rows if row.ticket_id == ticket.pk]
    running = next((row for row in rows if row.is_running and row.user_id == user.pk), None)
    is_here = running is not None and running.ticket_id == ticket.pk
    spent, going_on = time_spent(ticket), [row for row in here if row.is_running]
    form = TimeForm(ticket=ticket, user=user)
    form.auto_id = "card_time_%s"  # the step above the thread has a form of the same fields
    return TimeCard(
        lines=[_line(row, user, now) for row in here],
        total=written_span(spent.seconds + sum(row.seconds_at(now) for row in going_on)),
        billable=written_span(spent.billable) if spent.billable else "",
        is_running=is_here,
        elsewhere="" if is_here or running is None else f"#{running.ticket.number}",
        form=form,
    )


def _line(row: TimeEntry, user: User, now: datetime) -> EntryLine:
    is_own = row.user_id == user.pk or user.may(Permission.TICKETS_ALL)
    url = f"{ticket_url(row.ticket.number)}/time_entries/{row.pk}"
    return EntryLine(
        url=url if is_own else "",
        person=row.user.display_name if row.user else _("Somebody who left"),
        span=written_span(row.seconds_at(now)),
        note=row.note,
        is_billable=row.is_billable,
        is_running=row.is_running,
        at=moment_mark(row.started_at, now=now),
    )


CARD = Card(template="desk/cards/time.html", build=time_of)
