"""The views of the queue that are shipped: what they hold and in which order (R19, N9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.keyset import Order
from desk.columns import DEFAULT
from desk.links import carried, carrying
from desk.orders import (
    ALL_SORTS,
    ATTENTION,
    BY_CHANGE,
    MORNING,
    NEWEST,
    OPEN_SORTS,
    SNOOZED,
    read_sort,
    sort_text,
)
from tickets.attention import patience
from tickets.filters import TicketFilter
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.models.vocabulary import RESOLVED_KINDS, Kind

RECENT = timedelta(days=7)
_MORNING_KINDS = (Kind.NEW, Kind.OPEN, Kind.WAITING_THIRD_PARTY)

_NO_FILTER = TicketFilter()
Scope = Callable[[TicketQuerySet, User, datetime], TicketQuerySet]


@dataclass(frozen=True, kw_only=True)
class View:
    """A named part of the tickets with an order that suits it.

    `slug` carries the filters and the order it was narrowed by, so that a ticket opened from the
    list knows its neighbours; `name` is the slug without them.
    """

    slug: str
    title: Any
    scope: Scope
    empty: Any
    order: Order = ATTENTION
    sorts: tuple[str, ...] = OPEN_SORTS
    columns: tuple[str, ...] = DEFAULT
    chosen: TicketFilter = _NO_FILTER
    is_counted: bool = True
    # No moment and no setting decides what it holds, only rows and who asks.
    is_timeless: bool = False
    fault: str = ""
    sort: str = ""

    @property
    def name(self) -> str:
        return carried(self.slug)[0]

    def tickets(self, user: User, now: datetime) -> TicketQuerySet:
        """What `user` sees of this view, in no order yet."""
        found = self.scope(Ticket.objects.visible_to(user), user, now)
        return self.chosen.narrow(found, user, now=now)

    def narrowed(self, asked: Mapping[str, Any]) -> View:
        """This view by the filters and the order of a query string."""
        chosen = TicketFilter.of_query(asked)
        order = read_sort(asked.get("sort", ""), self.sorts)
        sort = sort_text(order) if order and order != self.order else ""
        given = {**chosen.given(), **({"sort": sort} if sort else {})}
        slug = carrying(self.slug, given)
        return replace(self, slug=slug, chosen=chosen, sort=sort, order=order or self.order)


def _open(tickets: TicketQuerySet, _user: User, _now: datetime) -> TicketQuerySet:
    return tickets.open().awake()


def _morning(tickets: TicketQuerySet, _user: User, _now: datetime) -> TicketQuerySet:
    return tickets.open().awake().filter(status_kind__in=_MORNING_KINDS)


def _mine(tickets: TicketQuerySet, user: User, _now: datetime) -> TicketQuerySet:
    return tickets.open().awake().filter(assignee=user.pk)


def _unassigned(tickets: TicketQuerySet, _user: User, _now: datetime) -> TicketQuerySet:
    return tickets.open().awake().filter(assignee=None)


def _urgent(tickets: TicketQuerySet, _user: User, _now: datetime) -> TicketQuerySet:
    return tickets.open().awake().filter(priority_rank=1)


def _unanswered(tickets: TicketQuerySet, _user: User, now: datetime) -> TicketQuerySet:
    return tickets.open().awake().filter(waiting_since__lte=now - patience())


def _at_risk(tickets: TicketQuerySet, _user: User, now: datetime) -> TicketQuerySet:
    """With what was set aside: a snooze stops no clock, so the deadline must still be seen."""
    return tickets.at_risk(now)


def _overdue(tickets: TicketQuerySet, _user: User, now: datetime) -> TicketQuerySet:
    return tickets.overdue(now)


def _escalated(tickets: TicketQuerySet, _user: User, _now: datetime) -> TicketQuerySet:
    return tickets.escalated().awake()


def _snoozed(tickets: TicketQuerySet, _user: User, _now: datetime) -> TicketQuerySet:
    return tickets.open().exclude(snoozed_until=None)


def _closed(tickets: TicketQuerySet, _user: User, now: datetime) -> TicketQuerySet:
    """Bounded by updated_at too, which the index of the order knows."""
    since = now - RECENT
    return tickets.filter(
        updated_at__gte=since,
        resolved_at__gte=since,
        status_kind__in=RESOLVED_KINDS,
        is_spam=False,
        merged_into=None,
    )


def _everything(tickets: TicketQuerySet, _user: User, _now: datetime) -> TicketQuerySet:
    return tickets.filter(is_spam=False, merged_into=None)


def _spam(tickets: TicketQuerySet, _user: User, _now: datetime) -> TicketQuerySet:
    return tickets.filter(is_spam=True)


def _unanswered_words() -> str:
    hours = f"{patience().total_seconds() / 3600:g}"
    return gettext("No reply > %(hours)s h") % {"hours": hours}


_unanswered_title = lazy(_unanswered_words, str)
_CALM = _("Nothing needs you right now.")
VIEWS = (
    View(slug="attention", is_timeless=True, title=_("Attention"), scope=_open, empty=_CALM),
    View(
        slug="morning",
        is_timeless=True,
        title=_("Morning queue"),
        scope=_morning,
        order=MORNING,
        empty=_("No new, running or held tickets."),
    ),
    View(
        slug="mine",
        is_timeless=True,
        title=_("Mine"),
        scope=_mine,
        empty=_("No open ticket is assigned to you."),
    ),
    View(
        slug="unassigned",
        is_timeless=True,
        title=_("Unassigned"),
        scope=_unassigned,
        empty=_("Every open ticket has somebody who looks after it."),
    ),
    View(
        slug="urgent",
        is_timeless=True,
        title=_("Urgent"),
        scope=_urgent,
        empty=_("Nothing is urgent."),
    ),
    View(
        slug="unanswered",
        title=_unanswered_title(),
        scope=_unanswered,
        empty=_("Nobody has been waiting that long."),
    ),
    View(
        slug="risk",
        title=_("SLA at risk"),
        scope=_at_risk,
        empty=_("No deadline is close."),
    ),
    View(
        slug="overdue",
        title=_("Overdue"),
        scope=_overdue,
        empty=_("No deadline has been missed."),
    ),
    View(
        slug="escalated",
        is_timeless=True,
        title=_("Escalated"),
        scope=_escalated,
        empty=_("Nothing is escalated."),
    ),
    View(
        slug="snoozed",
        is_timeless=True,
        title=_("Snoozed"),
        scope=_snoozed,
        order=SNOOZED,
        empty=_("No ticket is snoozed."),
    ),
    View(
        slug="closed",
        title=_("Closed 7 days"),
        scope=_closed,
        order=NEWEST,
        sorts=BY_CHANGE,
        empty=_("Nothing was closed in the last seven days."),
    ),
    View(
        slug="spam",
        is_timeless=True,
        title=_("Spam"),
        scope=_spam,
        order=NEWEST,
        sorts=BY_CHANGE,
        empty=_("Nothing is marked as spam."),
    ),
)
DEFAULT_VIEW = VIEWS[0]
# Not a tab: what saved views may begin with to reach solved tickets as well.
EVERYTHING = View(
    slug="all",
    is_timeless=True,
    title=_("All tickets, solved ones too"),
    scope=_everything,
    order=NEWEST,
    sorts=ALL_SORTS,
    empty=_("There is no ticket yet."),
    is_counted=False,
)
BASES = (*VIEWS, EVERYTHING)
