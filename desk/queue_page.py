"""What the queue's page shows: rows, views with counters, filters, pages."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from core import ui
from core.keyset import PAGE, Page, beyond, paged, read_cursor, to_number
from desk.bulk_bar import BulkBar, bulk_bar, newest_id
from desk.columns import chosen_columns, sorting_headings
from desk.display import Display, display_of
from desk.dressing import TicketRows, ticket_rows
from desk.links import counters_url, queue_url, views_url
from desk.orders import order_words
from desk.queue import VIEWS, View, counters, view_asked
from desk.queue_filters import (
    Chip,
    Day,
    Filter,
    chips_of,
    custom_filters_of,
    days_of,
    filters_of,
    query_of,
)
from desk.rows import Facts, facts_of
from desk.saved import saved_views
from desk.shown_tabs import hidden_views
from desk.written import first_page
from tickets.filters import TicketFilter
from tickets.models.ticket import TicketQuerySet


@dataclass(frozen=True)
class Tab:
    """A view as a link above the list."""

    slug: str
    title: str
    url: str
    counter: SafeString | str
    is_current: bool


@dataclass(frozen=True, kw_only=True)
class FilterForm:
    """What narrows the list, with what is chosen."""

    view: str
    sort: str
    chosen: TicketFilter
    filters: tuple[Filter, ...]
    custom_filters: tuple[Filter, ...]
    days: tuple[Day, ...]

    @property
    def has_more(self) -> bool:
        """Whether something is chosen in the menu that is closed at first."""
        return any(day.value for day in self.days) or bool(self.chosen.custom)


@dataclass(frozen=True, kw_only=True)
class QueuePage:
    """The queue as its template prints it."""

    view: str
    slug: str
    title: str
    caption: str
    fault: str
    tabs: tuple[Tab, ...]
    form: FilterForm
    chips: list[Chip]
    order_words: str
    display: Display
    rows: TicketRows
    empty: str
    onward: Tab | None
    clear_url: str
    save_url: str
    previous_url: str
    next_url: str
    counters_url: str
    bulk: BulkBar
    query: str
    as_of: int

    @property
    def is_filtered(self) -> bool:
        return bool(self.chips)


def queue_page(user: User, query: QueryDict, now: datetime) -> QueuePage:
    """The page that `query` asks for."""
    view = view_asked(query, user)
    columns = chosen_columns(user, view.name, view.columns)
    page = _page(view, query, user, now=now, columns=columns)
    rows = ticket_rows(page.rows, now=now, view=view.slug, columns=columns)
    rows.headings = sorting_headings(
        columns, order=view.order, sorts=view.sorts, url_of=lambda sort: _sorted(view, sort)
    )
    form = filter_form(view)
    own = saved_views(user)
    words = order_words(view.order)
    return QueuePage(
        view=view.name,
        slug=view.slug,
        title=str(view.title),
        caption=_("%(view)s, sorted by %(order)s") % {"view": view.title, "order": words},
        fault=view.fault,
        tabs=tabs(view, {}, saved=own, hidden=hidden_views(user)),
        form=form,
        chips=chips_of(view, [*form.filters, *form.custom_filters]),
        order_words=words,
        display=display_of(user, view, columns),
        rows=rows,
        empty=str(view.empty),
        onward=None if rows else _onward(view, user, now=now, saved=own),
        clear_url=queue_url(view=view.name),
        save_url=views_url(part="add", view=view.slug),
        previous_url=queue_url(view=view.slug, before=page.previous) if page.previous else "",
        next_url=queue_url(view=view.slug, after=page.next) if page.next else "",
        counters_url=counters_url(view=view.slug, since=str(to_number(now))),
        bulk=bulk_bar(user, view=view.name),
        query=urlencode(query_of(view)),
        as_of=max([newest_id(), *(facts.id for facts in page.rows)]),
    )


def filter_form(view: View) -> FilterForm:
    """The form above the list of `view`."""
    return FilterForm(
        view=view.name,
        sort=view.sort,
        chosen=view.chosen,
        filters=filters_of(view.chosen),
        custom_filters=custom_filters_of(view.chosen),
        days=days_of(view.chosen),
    )


def listed_tickets(user: User, query: QueryDict, now: datetime) -> TicketQuerySet:
    """The tickets of the view and filters of `query`, in no order yet."""
    return view_asked(query, user).tickets(user, now)


def tabs(
    current: View, counts: dict[str, int], *, saved: list[View], hidden: Collection[str] = ()
) -> tuple[Tab, ...]:
    """The views above the list, shipped ones first; a view without a count shows none.

    The open view is among them, even if it is one of the `hidden` ones.
    """
    own = tuple(_tab(view, counts, current.name) for view in saved)
    if not counts:
        return _shipped_tabs(current.name, frozenset(hidden), get_language()) + own
    return tuple(_tab(view, counts, current.name) for view in _shipped(current.name, hidden)) + own


def _shipped(current: str, hidden: Collection[str]) -> list[View]:
    return [view for view in VIEWS if view.slug not in hidden or view.slug == current]


@lru_cache(maxsize=256)
def _shipped_tabs(current: str, hidden: frozenset[str], _language: str | None) -> tuple[Tab, ...]:
    """Their numbers come later, so they are the same on every page."""
    return tuple(_tab(view, {}, current) for view in _shipped(current, hidden))


def _tab(view: View, counts: dict[str, int], current: str) -> Tab:
    return Tab(
        slug=view.slug,
        title=str(view.title),
        url=queue_url(view=view.slug),
        counter=ui.counter(counts[view.slug], unit=_("tickets")) if view.slug in counts else "",
        is_current=view.slug == current,
    )


def _onward(current: View, user: User, *, now: datetime, saved: list[View]) -> Tab | None:
    """The next view that is not empty, going round from this one."""
    counts, views = counters(user, now), [*VIEWS, *saved]
    at = next((place for place, view in enumerate(views) if view.slug == current.name), 0)
    turned = [*views[at + 1 :], *views[:at]]
    found = next((view for view in turned if counts.get(view.slug)), None)
    return _tab(found, counts, current.name) if found else None


def _page(
    view: View, query: QueryDict, user: User, *, now: datetime, columns: tuple[str, ...]
) -> Page[Facts]:
    cursor = read_cursor(query.get("after", ""), query.get("before", ""), view.order)
    found = None if cursor.values else first_page(view, user, PAGE + 1, columns=columns)
    if found is None:
        tickets = beyond(view.tickets(user, now), view.order, cursor)
        found = facts_of(tickets, user, PAGE + 1, columns=columns)
    return paged(found, cursor, attrgetter(*view.order.columns))


def _sorted(view: View, sort: str) -> str:
    return queue_url(**{**query_of(view), "sort": sort})
