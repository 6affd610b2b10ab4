"""The queue: its views, its order, its counters (R19, N9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import Value
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.role import Permission
from core.keyset import Order
from core.ui import COUNTER_LIMIT
from tickets.attention import patience
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.models.vocabulary import RESOLVED_KINDS, Kind

ATTENTION = Order(("next_due_at", "id"))
MORNING = Order(("priority_rank", "next_due_at", "id"))
SNOOZED = Order(("snoozed_until", "id"))
NEWEST = Order(("updated_at", "id"), is_descending=True)
COUNTED_FOR_SECONDS = 4
RECENT = timedelta(days=7)
_MORNING_KINDS = (Kind.NEW, Kind.OPEN, Kind.WAITING_THIRD_PARTY)

Scope = Callable[[TicketQuerySet, User, datetime], TicketQuerySet]


@dataclass(frozen=True, kw_only=True)
class View:
    """A named part of the tickets with an order that suits it."""

    slug: str
    title: Any
    scope: Scope
    empty: Any
    order: Order = ATTENTION

    def tickets(self, user: User, now: datetime) -> TicketQuerySet:
        """What `user` sees of this view, in no order yet."""
        return self.scope(Ticket.objects.visible_to(user), user, now)


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


def _spam(tickets: TicketQuerySet, _user: User, _now: datetime) -> TicketQuerySet:
    return tickets.filter(is_spam=True)


def _unanswered_words() -> str:
    hours = f"{patience().total_seconds() / 3600:g}"
    return gettext("No reply > %(hours)s h") % {"hours": hours}


_unanswered_title = lazy(_unanswered_words, str)
_CALM = _("Nothing needs you right now.")
VIEWS = (
    View(slug="attention", title=_("Attention"), scope=_open, empty=_CALM),
    View(
        slug="morning",
        title=_("Morning queue"),
        scope=_morning,
        order=MORNING,
        empty=_("No new, running or held tickets."),
    ),
    View(slug="mine", title=_("Mine"), scope=_mine, empty=_("No open ticket is assigned to you.")),
    View(
        slug="unassigned",
        title=_("Unassigned"),
        scope=_unassigned,
        empty=_("Every open ticket has somebody who looks after it."),
    ),
    View(slug="urgent", title=_("Urgent"), scope=_urgent, empty=_("Nothing is urgent.")),
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
        slug="escalated", title=_("Escalated"), scope=_escalated, empty=_("Nothing is escalated.")
    ),
    View(
        slug="snoozed",
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
        empty=_("Nothing was closed in the last seven days."),
    ),
    View(
        slug="spam",
        title=_("Spam"),
        scope=_spam,
        order=NEWEST,
        empty=_("Nothing is marked as spam."),
    ),
)
DEFAULT_VIEW = VIEWS[0]
_BY_SLUG = {view.slug: view for view in VIEWS}


def view_of(slug: str) -> View:
    """The view of a query string; the attention queue for any other word."""
    return _BY_SLUG.get(slug, DEFAULT_VIEW)


def counters(user: User, now: datetime) -> dict[str, int]:
    """How many tickets each view has, up to COUNTER_LIMIT + 1; a few seconds old at most."""
    key = f"desk:counters:{user.pk}:{_visibility(user)}"
    known: dict[str, int] | None = cache.get(key)
    if known is None:
        known = _counted(user, now)
        cache.set(key, known, COUNTED_FOR_SECONDS)
    return known


def opened_since(tickets: TicketQuerySet, moment: datetime | None) -> int:
    """How many of `tickets` were opened after the list was shown, up to COUNTER_LIMIT + 1."""
    if moment is None:
        return 0
    newer = tickets.filter(created_at__gt=moment).order_by()
    return len(newer.values_list("pk", flat=True)[: COUNTER_LIMIT + 1])


def _visibility(user: User) -> str:
    if user.may(Permission.TICKETS_ALL):
        return "all"
    return "-".join(str(pk) for pk in sorted(user.department_ids()))


def _counted(user: User, now: datetime) -> dict[str, int]:
    """One statement; each count stops at the limit (performance.md 4d)."""
    parts: list[str] = []
    parameters: list[Any] = []
    for view in VIEWS:
        # Nothing but a constant is selected, so that an index alone can answer.
        rows = view.tickets(user, now).order_by().annotate(one=Value(1)).values("one")
        capped = rows[: COUNTER_LIMIT + 1]
        if capped.query.is_empty():
            parts.append("0")
            continue
        sql, values = capped.query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")  # noqa: S608 -- Django wrote `sql`
        parameters.extend(values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", parameters)
        return dict(zip(_BY_SLUG, cursor.fetchone(), strict=True))
