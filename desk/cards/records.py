"""The card of what other systems know of the customer (R162, R163): never waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts.models import User
from core.moments import day_time
from customers.models import CrmRecord
from customers.records import Freshness, freshness_of
from desk.cards.card import Card
from desk.links import customer_url
from desk.record_lines import RecordLine, opportunity_badge, overdue_badge, record_line
from tickets.models import Ticket

MOST = 5  # of each kind
LOOKED_AT = 200
_Kind, _Status = CrmRecord.Kind, CrmRecord.Status
_SHOWN = (
    Q(kind=_Kind.INVOICE, status__in=[_Status.OPEN, _Status.OVERDUE])
    | Q(kind=_Kind.ORDER)
    | Q(kind=_Kind.CONTRACT, status__in=[_Status.OPEN, _Status.ACTIVE])
    | Q(kind=_Kind.OPPORTUNITY, status=_Status.OPEN)
)


@dataclass(frozen=True, kw_only=True)
class Records:
    """The card as its template prints it."""

    groups: list[tuple[str, str, list[RecordLine]]]
    badges: list[SafeString]
    as_of: str
    trouble: str
    may_refresh: bool
    is_asked: bool
    refreshes_now: bool


def records_of(ticket: Ticket, _user: User, now: datetime) -> Records | None:
    """What is unpaid, ordered, agreed and hoped for; two statements."""
    today = localdate(now)
    known = CrmRecord.objects.of_customer(ticket.customer).filter(_SHOWN)
    # Orders come last of the kinds: however many there are, no unpaid invoice is overlooked.
    found = list(known.order_by("kind", "-issued_on", "-id")[:LOOKED_AT])
    freshness = freshness_of(ticket.customer, now=now)
    if not found and freshness is None:
        return None
    has_overdue = any(row.is_overdue(today) for row in found)
    has_opportunity = any(row.kind == _Kind.OPPORTUNITY for row in found)
    badges = [overdue_badge()] * has_overdue + [opportunity_badge()] * has_opportunity
    return Records(
        groups=_groups(ticket, found, today),
        badges=badges,
        as_of=_as_of(freshness, found, now),
        trouble=_trouble(freshness, found, now),
        may_refresh=freshness is not None,
        is_asked=freshness is not None and freshness.is_asked,
        refreshes_now=freshness is not None and freshness.is_stale,
    )


def _groups(
    ticket: Ticket, found: list[CrmRecord], today: date
) -> list[tuple[str, str, list[RecordLine]]]:
    titles = (
        (_Kind.INVOICE, _("Invoices"), "invoices"),
        (_Kind.ORDER, _("Orders"), "orders"),
        (_Kind.CONTRACT, _("Contracts"), "contracts"),
        (_Kind.OPPORTUNITY, _("Opportunities"), "opportunities"),
    )
    groups = []
    for kind, title, part in titles:
        rows = [record_line(row, on=today) for row in found if row.kind == kind][:MOST]
        if rows:
            groups.append((title, customer_url(ticket.customer_id, part=part), rows))
    return groups


def _as_of(freshness: Freshness | None, found: list[CrmRecord], now: datetime) -> str:
    """When this was known."""
    known = freshness.fetched_at if freshness else None
    known = known or max((row.fetched_at for row in found), default=None)
    return day_time(known, now=now) if known else ""


def _trouble(freshness: Freshness | None, found: list[CrmRecord], now: datetime) -> str:
    """What is the matter with the other system, and how old what is shown therefore is."""
    if freshness is None or not freshness.error:
        return ""
    known = _as_of(freshness, found, now)
    if not known:
        return _("The CRM is unavailable: %(why)s") % {"why": freshness.error}
    return _("The CRM is unavailable, showing what was known at %(time)s: %(why)s") % {
        "time": known,
        "why": freshness.error,
    }


CARD = Card(template="desk/cards/records.html", build=records_of)
