"""The merge page: find the other ticket, see both, say which one stays (A-7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Case, IntegerField, Value, When
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core.moments import moment_mark
from core.text import clean_line
from desk.links import ticket_url
from tickets.actions import merge_tickets
from tickets.actors import Actor
from tickets.duplicates import likely_duplicates
from tickets.marks import status_badge, status_glyph
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.search import matching

MAX_FOUND = 10
MAX_TEXT = 200


@dataclass(frozen=True, kw_only=True)
class Found:
    """A ticket that may be the other one."""

    url: str
    number: str
    glyph: SafeString
    subject: str
    customer: str
    is_alike: bool


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two, as the preview shows it."""

    number: int
    url: str
    subject: str
    status: SafeString
    customer: str
    opened: SafeString
    messages: int
    newest: str
    stays: bool


@dataclass(frozen=True, kw_only=True)
class MergePage:
    """The page as its template prints it; without sides nothing is chosen yet."""

    number: str
    url: str
    back_url: str
    text: str
    found: list[Found]
    sides: list[Side]
    other: int
    has_two_customers: bool
    trouble: str


def merge_page(
    ticket: Ticket,
    *,
    user: User,
    now: datetime,
    text: str = "",
    other: Ticket | None = None,
    trouble: str = "",
) -> MergePage:
    """The page of `ticket`; with `other` the preview of both."""
    text = clean_line(text, MAX_TEXT)
    return MergePage(
        number=f"#{ticket.number}",
        url=ticket_url(ticket.number, part="merge"),
        back_url=ticket_url(ticket.number),
        text=text,
        found=[] if other else _found(ticket, user, text),
        sides=_sides(ticket, other, now) if other else [],
        other=other.number if other else 0,
        has_two_customers=other is not None and other.customer_id != ticket.customer_id,
        trouble=trouble,
    )


def mergeable(user: User, ticket: Ticket) -> TicketQuerySet:
    """What may be merged with `ticket`: those without a right are absent, not greyed."""
    seen = Ticket.objects.visible_to(user).filter(merged_into=None, is_spam=False)
    return seen.exclude(pk=ticket.pk).select_related("status", "customer")


def stays(first: Ticket, second: Ticket) -> Ticket:
    """Which one stays unless somebody says otherwise: an open one, then the older one."""
    return min((first, second), key=lambda row: (not row.is_open, row.created_at, row.pk))


def tried(primary: Ticket, merged: Ticket, *, user: User, now: datetime) -> str:
    """Merge the two; why not, or nothing when it is done."""
    try:
        merge_tickets(primary, others=[merged], actor=Actor.of_user(user), now=now)
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    return ""


def _found(ticket: Ticket, user: User, text: str) -> list[Found]:
    others = mergeable(user, ticket)
    if not text:
        alike = likely_duplicates(ticket, user=user)
        known = {row.pk for row in alike}
        own = others.filter(customer=ticket.customer_id).exclude(pk__in=known)
        rest = list(own.order_by("-is_open", "-pk")[:MAX_FOUND])
        return [_line(ticket, row, is_alike=row.pk in known) for row in [*alike, *rest]]
    if "@" in text and " " not in text:
        others = others.filter(customer__addresses__value=text.lower())
    else:
        others = matching(others, text)
    own_first = Case(
        When(customer=ticket.customer_id, then=Value(0)),
        default=Value(1),
        output_field=IntegerField(),
    )
    rows = others.order_by(own_first, "-is_open", "-pk")[:MAX_FOUND]
    return [_line(ticket, row, is_alike=False) for row in rows]


def _line(ticket: Ticket, row: Ticket, *, is_alike: bool) -> Found:
    return Found(
        url=ticket_url(ticket.number, part="merge", **{"with": str(row.number)}),
        number=f"#{row.number}",
        glyph=status_glyph(row.status),
        subject=row.subject or _("(no subject)"),
        customer=row.customer.display_name,
        is_alike=is_alike,
    )


def _sides(ticket: Ticket, other: Ticket, now: datetime) -> list[Side]:
    primary = stays(ticket, other)
    return [
        Side(
            number=row.number,
            url=ticket_url(row.number),
            subject=row.subject or _("(no subject)"),
            status=status_badge(row.status),
            customer=row.customer.display_name,
            opened=moment_mark(row.created_at, now=now),
            messages=row.message_count,
            newest=row.last_message_preview,
            stays=row.pk == primary.pk,
        )
        for row in sorted((ticket, other), key=lambda row: row.created_at)
    ]
