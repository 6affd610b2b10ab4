"""What the queue's page shows: rows, views with counters, filters, pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter

from django.db.models import Model
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from core.keyset import PAGE, Page, beyond, paged, read_cursor, to_number
from desk import people
from desk.dressing import ticket_rows
from desk.links import counters_url, queue_url
from desk.queue import ATTENTION, MORNING, SNOOZED, VIEWS, View, view_of
from desk.rows import Facts, TicketRow, facts_of
from tickets import vocabulary
from tickets.filters import DEADLINES, ME, NOBODY, TicketFilter
from tickets.models.ticket import Channel, TicketQuerySet

_CHOSEN = format_html(" {}", "selected")


@dataclass(frozen=True)
class Tab:
    """A view as a link above the list."""

    slug: str
    title: str
    url: str
    counter: SafeString | str
    is_current: bool


@dataclass(frozen=True)
class Filter:
    """One select of the filter form."""

    name: str
    label: str
    options: SafeString


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    """The queue as its template prints it."""

    view: str
    title: str
    caption: str
    tabs: list[Tab]
    filters: list[Filter]
    chosen: TicketFilter
    is_filtered: bool
    order_words: str
    rows: list[TicketRow]
    empty: str
    clear_url: str
    previous_url: str
    next_url: str
    counters_url: str


def queue_page(user: User, query: QueryDict, now: datetime) -> QueuePage:
    """The page that `query` asks for."""
    view, chosen = view_of(query.get("view", "")), TicketFilter.of_query(query)
    page = _page(listed_tickets(user, query, now), query, user)
    given = {"view": view.slug, **chosen.given()}
    return QueuePage(
        view=view.slug,
        title=str(view.title),
        caption=_("%(view)s, sorted by %(order)s")
        % {"view": view.title, "order": _order_words(view)},
        tabs=tabs(view, {}),
        filters=_filters(chosen),
        chosen=chosen,
        is_filtered=bool(chosen.given()),
        order_words=_order_words(view),
        rows=ticket_rows(page.rows, now=now, view=view.slug),
        empty=str(view.empty),
        clear_url=queue_url(view=view.slug),
        previous_url=queue_url(**given, before=page.previous) if page.previous else "",
        next_url=queue_url(**given, after=page.next) if page.next else "",
        counters_url=counters_url(**given, since=str(to_number(now))),
    )


def listed_tickets(user: User, query: QueryDict, now: datetime) -> TicketQuerySet:
    """The tickets of the view and filters of `query`, in no order yet."""
    view = view_of(query.get("view", ""))
    return TicketFilter.of_query(query).narrow(view.tickets(user, now), user, now=now)


def tabs(current: View, counts: dict[str, int]) -> list[Tab]:
    """The views above the list; a view without a count shows none yet."""
    return [
        Tab(
            slug=view.slug,
            title=str(view.title),
            url=queue_url(view=view.slug),
            counter=ui.counter(counts[view.slug], unit=_("tickets")) if view.slug in counts else "",
            is_current=view is current,
        )
        for view in VIEWS
    ]


def _page(tickets: TicketQuerySet, query: QueryDict, user: User) -> Page[Facts]:
    order = view_of(query.get("view", "")).order
    cursor = read_cursor(query.get("after", ""), query.get("before", ""), order)
    found = facts_of(beyond(tickets, order, cursor), user, PAGE + 1)
    return paged(found, cursor, attrgetter(*order.columns))


def _order_words(view: View) -> str:
    if view.order is ATTENTION:
        return _("what needs you first")
    if view.order is SNOOZED:
        return _("what comes back first")
    return _("priority, then what is due") if view.order is MORNING else _("the latest change")


def _filters(chosen: TicketFilter) -> list[Filter]:
    rows: dict[str, tuple[str, Sequence[Model]]] = {
        "status": (_("Status"), vocabulary.statuses()),
        "priority": (_("Priority"), vocabulary.priorities()),
        "department": (_("Department"), vocabulary.departments()),
        "service": (_("Service"), vocabulary.services()),
    }
    of_rows = [
        _filter(name, label, ((str(row.pk), str(row)) for row in found), chosen)
        for name, (label, found) in rows.items()
    ]
    staff = [(str(colleague.pk), colleague.name) for colleague in people.colleagues()]
    special = [(ME, _("Me")), (NOBODY, _("Nobody"))]
    channels = [(channel.value, str(channel.label)) for channel in Channel]
    return [
        *of_rows,
        _filter("assignee", _("Assignee"), special + staff, chosen),
        _filter("channel", _("Channel"), channels, chosen),
        _filter(
            "sla", _("Deadline"), ((key, str(text)) for key, text in DEADLINES.items()), chosen
        ),
    ]


def _filter(
    name: str, label: str, pairs: Iterable[tuple[str, str]], chosen: TicketFilter
) -> Filter:
    return Filter(name, label, _options((("", label), *pairs), getattr(chosen, name)))


@lru_cache(maxsize=256)
def _options(pairs: tuple[tuple[str, str], ...], value: str) -> SafeString:
    """The options of a select; the same ones are shown to everybody again and again."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, _CHOSEN if key == value else "", text) for key, text in pairs),
    )
