"""A customer's requests as their list shows them: rows of ready text, newest first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core import ui
from customers.models import Customer
from portal.standing import look_of
from tickets.conversations import passed_over
from tickets.models.ticket import TicketQuerySet
from tickets.models.vocabulary import RESOLVED_KINDS, Kind
from tickets.search import ticket_number
from tickets.vocabulary import default_status

PAGE = 25
SCOPES = ("mine", "company")
STATES = ("open", "solved")
MAX_WORDS = 100


class _Row(NamedTuple):
    """The columns a line is made of; nothing of notes or messages under approval (X-37)."""

    public_id: UUID
    subject: str
    kind: str
    label: str
    status_name: str
    is_passed_over: bool
    created_at: datetime
    last_customer_at: datetime | None
    last_staff_at: datetime | None
    customer_id: int
    customer__name: str


@dataclass(frozen=True)
class Line:
    """One request in the list."""

    url: str
    subject: str
    words: str
    icon: str
    tone: str
    sub: SafeString


@dataclass(frozen=True)
class Wanted:
    """Which part of the list: mine or the company's, open or solved, words, the page's edge."""

    scope: str = "mine"
    state: str = "open"
    words: str = ""
    after: UUID | None = None
    before: UUID | None = None

    def query(self) -> str:
        """The query string of this list, what is usual left out."""
        named = {"scope": self.scope, "state": self.state, "q": self.words}
        edges = {"after": self.after, "before": self.before}
        usual = {"scope": "mine", "state": "open", "q": ""}
        given = {name: value for name, value in named.items() if value != usual[name]}
        return urlencode(given | {name: str(edge) for name, edge in edges.items() if edge})


@dataclass(frozen=True)
class Listing:
    """A page of the list and the addresses around it, empty where the list ends."""

    lines: list[Line]
    previous_url: str
    next_url: str


def wanted_of(query: Any) -> Wanted:
    """What a query string asks for; nonsense means the usual list."""
    return Wanted(
        scope=query["scope"] if query.get("scope") in SCOPES else "mine",
        state=query["state"] if query.get("state") in STATES else "open",
        words=query.get("q", "").replace("\x00", "").strip()[:MAX_WORDS],
        after=_uuid(query.get("after", "")),
        before=_uuid(query.get("before", "")),
    )


def listing(
    tickets: TicketQuerySet, customer: Customer, wanted: Wanted, *, now: datetime, size: int = PAGE
) -> Listing:
    """One page of what the customer sees: one statement, a row more tells of another page."""
    is_backwards = wanted.before is not None
    chosen = _chosen(tickets, customer, wanted)
    rows = [
        _Row(*values)
        for values in _edged(chosen, tickets, wanted)
        .order_by("id" if is_backwards else "-id")
        .values_list(*_Row._fields)[: size + 1]
    ]
    has_more, rows = len(rows) > size, rows[:size]
    if is_backwards:
        rows.reverse()
    has_previous = has_more if is_backwards else wanted.after is not None
    has_next = bool(rows) if is_backwards else has_more
    here = replace(wanted, after=None, before=None)
    return Listing(
        lines=[_line(row, customer, now) for row in rows],
        previous_url=list_url(replace(here, before=rows[0].public_id))
        if has_previous and rows
        else "",
        next_url=list_url(replace(here, after=rows[-1].public_id)) if has_next and rows else "",
    )


def shares(customer: Customer) -> bool:
    """Whether the customer sees colleagues' requests."""
    return customer.organisation is not None and customer.organisation.shares_tickets


def list_url(wanted: Wanted) -> str:
    """The address of a list."""
    query = wanted.query()
    return reverse("portal:requests") + (f"?{query}" if query else "")


def request_url(public_id: UUID) -> str:
    """The page of one request."""
    return reverse("portal:request", args=[public_id])


def _chosen(tickets: TicketQuerySet, customer: Customer, wanted: Wanted) -> TicketQuerySet:
    # Merged into another's request it stays one of its own, and stands where that one stands.
    another = Q(merged_into__isnull=False) & ~Q(merged_into__customer=F("customer"))
    tickets = tickets.filter(Q(merged_into=None) | another).annotate(
        kind=Coalesce("merged_into__status_kind", "status_kind"),
        label=Coalesce("merged_into__status__customer_label", "status__customer_label"),
        status_name=Coalesce("merged_into__status__name", "status__name"),
    )
    waits = Q(kind=Kind.WAITING_CUSTOMER)
    tickets = tickets.annotate(
        is_passed_over=ExpressionWrapper(waits & passed_over(), output_field=BooleanField())
    )
    if wanted.scope == "mine" or not shares(customer):
        tickets = tickets.filter(customer=customer)
    solved = Q(kind__in=RESOLVED_KINDS)
    tickets = tickets.filter(solved if wanted.state == "solved" else ~solved)
    if not wanted.words:
        return tickets
    # Subjects and numbers only: the search documents of staff know the notes as well.
    number = ticket_number(wanted.words)
    named = Q(subject__icontains=wanted.words)
    return tickets.filter(named if number is None else named | Q(number=number))


def _edged(chosen: TicketQuerySet, seen: TicketQuerySet, wanted: Wanted) -> TicketQuerySet:
    """From the edge on; an edge the reader can't see yields nothing."""
    edge = wanted.before or wanted.after
    if edge is None:
        return chosen
    at = seen.filter(public_id=edge).values("pk")[:1]
    return chosen.filter(pk__gt=at) if wanted.before else chosen.filter(pk__lt=at)


def _line(row: _Row, customer: Customer, now: datetime) -> Line:
    status = default_status(Kind.OPEN) if row.is_passed_over else None
    look = look_of(status.kind if status else row.kind)
    return Line(
        url=request_url(row.public_id),
        subject=row.subject,
        words=status.customer_words if status else row.label or row.status_name,
        icon=look.icon,
        tone=look.tone,
        sub=_last(row, customer, now),
    )


def _last(row: _Row, customer: Customer, now: datetime) -> SafeString:
    """Who wrote last, and when."""
    wrote_at = row.last_customer_at or row.created_at
    if row.last_staff_at is not None and row.last_staff_at >= wrote_at:
        return format_html("{} · {}", _("We wrote"), ui.time_ago(row.last_staff_at, now=now))
    moment = ui.time_ago(wrote_at, now=now)
    if row.customer_id == customer.pk:
        return format_html("{} · {}", _("You wrote"), moment)
    name = row.customer__name or _("A colleague")
    return format_html("{} · {}", _("%(name)s wrote") % {"name": name}, moment)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
