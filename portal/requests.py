"""A customer's requests as their own list shows them: ready text, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock, ui
from customers.models import Customer
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.models.vocabulary import RESOLVED_KINDS, Kind

PAGE = 25
_COLUMNS = (
    "id",
    "public_id",
    "subject",
    "status_kind",
    "status__customer_label",
    "status__name",
    "last_message_at",
    "created_at",
    "last_message_by",
    "customer_id",
    "customer__name",
)


@dataclass(frozen=True)
class Line:
    """One request in the list."""

    url: str
    subject: str
    words: str
    icon: str
    tone: str
    sub: SafeString | str


@dataclass(frozen=True)
class Wanted:
    """Which part of the list: mine or the organisation's, open or solved, words, a page."""

    scope: str = "mine"
    state: str = "open"
    words: str = ""
    before: int | None = None


@dataclass(frozen=True)
class Listing:
    """A page of the list and the id its next page begins below, 0 at the end."""

    lines: list[Line]
    next: int


def listing(user: User, customer: Customer, wanted: Wanted, *, size: int = PAGE) -> Listing:
    """One page; a row more than shown tells whether there is another."""
    tickets = _wanted(Ticket.objects.all().visible_to(user), customer, wanted)
    rows = list(tickets.order_by("-id").values_list(*_COLUMNS)[: size + 1])
    lines = [_line(row, customer) for row in rows[:size]]
    return Listing(lines, rows[size - 1][0] if len(rows) > size else 0)


def shares(customer: Customer) -> bool:
    """Whether the customer sees colleagues' requests."""
    return customer.organisation is not None and customer.organisation.shares_tickets


def _wanted(tickets: TicketQuerySet, customer: Customer, wanted: Wanted) -> TicketQuerySet:
    if wanted.scope == "mine" or not shares(customer):
        tickets = tickets.filter(customer=customer)
    solved = Q(status_kind__in=RESOLVED_KINDS)
    if wanted.state != "all":
        tickets = tickets.filter(solved if wanted.state == "solved" else ~solved)
    if wanted.before:
        tickets = tickets.filter(pk__lt=wanted.before)
    if not wanted.words:
        return tickets
    named = Q(subject__icontains=wanted.words)
    if wanted.words.lstrip("#").isdecimal():
        named |= Q(number=int(wanted.words.lstrip("#")[:18]))
    return tickets.filter(named)


def _line(row: tuple[object, ...], customer: Customer) -> Line:
    (_id, public_id, subject, kind, label, name, last_at, created_at, by, owner_id, owner) = row
    look = look_of(str(kind))
    moment = ui.time_ago(last_at or created_at, now=clock.now())  # type: ignore[arg-type]  # a row of values has no types
    who = _("Our answer") if by == "staff" else _("Your message")
    if owner_id != customer.pk:
        who = str(owner)
    return Line(
        url=request_url(public_id),  # type: ignore[arg-type]  # as above
        subject=str(subject),
        words=str(label or name),
        icon=look[0],
        tone=look[1],
        sub=format_html("{} · {}", who, moment),
    )


def look_of(kind: str) -> tuple[str, str]:
    """Icon and tone of a status kind in the customers' eyes."""
    if kind == Kind.WAITING_CUSTOMER:
        return "reply", "said--you"
    if kind in RESOLVED_KINDS:
        return "check", "said--done"
    return ("inbox", "") if kind == Kind.NEW else ("wrench", "")


def request_url(public_id: UUID) -> str:
    """The page of one request."""
    return reverse("portal:request", args=[public_id])
