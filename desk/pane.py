"""The list beside the ticket it led to: compact lines around it, more at both ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.http import QueryDict
from django.utils.safestring import SafeString

from accounts.models import User
from core.keyset import PAGE, Cursor, beyond, paged, position, read_cursor
from desk.dressing import Dresser
from desk.links import queue_url
from desk.queue import View, view_asked
from desk.rows import Facts, TicketRow, facts_of
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet

BEFORE = 15
_COLUMNS = ("customer",)
_DIGITS = 19


@dataclass(frozen=True)
class Line:
    """A ticket of the pane."""

    row: TicketRow
    who: str
    when: SafeString
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class Pane:
    """The list as its template prints it."""

    title: str
    list_url: str
    lines: list[Line]
    previous_url: str
    next_url: str
    reload_url: str
    empty: str


def pane_of(user: User, query: QueryDict, now: datetime) -> Pane:
    """A page of the list, or the one around the ticket `at`."""
    view, at = view_asked(query, user), query.get("at", "")
    tickets = view.tickets(user, now)
    cursor = read_cursor(query.get("after", ""), query.get("before", ""), view.order)
    if not cursor.values:
        cursor = _cursor_around(user, tickets, view, at)
    found = facts_of(beyond(tickets, view.order, cursor), user, PAGE + 1, columns=_COLUMNS)
    page = paged(found, cursor, attrgetter(*view.order.columns))
    dresser = Dresser(now=now, view=view.slug, columns=())
    return Pane(
        title=str(view.title),
        list_url=queue_url(view=view.slug),
        lines=[_line(dresser, facts, at) for facts in page.rows],
        previous_url=_more(view, at, before=page.previous) if page.previous else "",
        next_url=_more(view, at, after=page.next) if page.next else "",
        reload_url=_more(view, at),
        empty=str(view.empty),
    )


def _line(dresser: Dresser, facts: Facts, at: str) -> Line:
    return Line(
        row=dresser.row(facts),
        who=facts.customer or facts.email or dresser.words.somebody,
        when=dresser.ago(facts.updated_at),
        is_current=str(facts.number) == at,
    )


def _cursor_around(user: User, tickets: TicketQuerySet, view: View, at: str) -> Cursor:
    """Where to begin so that the ticket stands below a few others; the top when that is near."""
    if not (at.isascii() and at.isdigit() and len(at) < _DIGITS):
        return Cursor()
    columns = view.order.columns
    known = Ticket.objects.visible_to(user).filter(number=int(at))
    place = known.values_list(*columns).first()
    if place is None or None in place:
        return Cursor()
    back = read_cursor("", position(place), view.order)
    above = list(beyond(tickets, view.order, back).values_list(*columns)[:BEFORE])
    if len(above) < BEFORE:
        return Cursor()
    return read_cursor(position(above[-1]), "", view.order)


def _more(view: View, at: str, **cursor: str) -> str:
    return queue_url(view=view.slug, pane="1", at=at, **cursor)
