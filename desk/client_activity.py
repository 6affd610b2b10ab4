"""What happened around a customer, the latest first, in pages that cost the same at any depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Q, QuerySet
from django.db.models.functions import Cast, Coalesce
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from core.keyset import PAGE, position, read_moment
from core.moments import moment_mark
from core.text import excerpt
from customers.models import CrmRecord, Customer, CustomerNote
from customers.records import web_address
from desk.links import customer_url, permalink, ticket_url
from desk.record_lines import ICONS
from tickets.models import Appointment, Message, Ticket

Spot = tuple[datetime, int, int]
PARTS = 3  # of a spot
_MESSAGE = {
    Message.Kind.INBOUND: "mail",
    Message.Kind.NOTE: "square-pen",
}


@dataclass(frozen=True, kw_only=True)
class ActivityLine:
    """One thing that happened; `rank` and `pk` keep the order where moments are the same."""

    at: datetime
    rank: int
    pk: int
    icon: str
    words: str
    url: str
    time: SafeString

    @property
    def spot(self) -> Spot:
        """Where it stands: the latest first, then by table, then by row."""
        return self.at, -self.rank, self.pk


@dataclass(frozen=True)
class ActivityPage:
    """One page and the way to older ones."""

    lines: list[ActivityLine]
    older_url: str


@dataclass(frozen=True)
class _Source:
    """A table that tells of a customer, by the column of its moments."""

    at: str
    rows: Callable[[Customer, QuerySet[Ticket]], QuerySet[Any]]
    told: Callable[[Any], tuple[str, str, str]]


def activity_of(customer: Customer, *, user: User, after: str, now: datetime) -> ActivityPage:
    """Tickets, messages and appointments `user` may see, records and notes; one statement each."""
    tickets = Ticket.objects.visible_to(user).filter(customer=customer)
    edge, found = _edge(after), list[ActivityLine]()
    for rank, source in enumerate(_SOURCES):
        rows = source.rows(customer, tickets).filter(_older(source.at, rank, edge))
        latest = rows.order_by(f"-{source.at}", "-pk")[: PAGE + 1]
        found += _lines(latest, rank, source, now)
    found.sort(key=lambda line: line.spot, reverse=True)
    shown, more = found[:PAGE], len(found) > PAGE
    url = customer_url(customer.pk, part="activity")
    if not more:
        return ActivityPage(shown, "")
    last = shown[-1]
    return ActivityPage(shown, f"{url}?after={position((last.at, last.rank, last.pk))}")


def _lines(
    rows: Iterable[Any], rank: int, source: _Source, now: datetime
) -> Iterable[ActivityLine]:
    for row in rows:
        icon, words, url = source.told(row)
        at = getattr(row, source.at)
        time = moment_mark(at, now=now)
        yield ActivityLine(at=at, rank=rank, pk=row.pk, icon=icon, words=words, url=url, time=time)


def _edge(after: str) -> Spot | None:
    """The spot of a query string; None for nonsense, which begins at the first page."""
    parts = after.split("_")
    if len(parts) != PARTS or not all(p.isascii() and p.isdigit() for p in parts):
        return None
    at = read_moment(parts[0])
    numbers = [int(part[:18]) for part in parts[1:]]
    return (at, numbers[0], numbers[1]) if at else None


def _older(at: str, rank: int, edge: Spot | None) -> Q:
    if edge is None:
        return Q()
    moment, edge_rank, pk = edge
    older = Q(**{f"{at}__lt": moment})
    if rank > edge_rank:
        return older | Q(**{at: moment})
    return older | Q(**{at: moment, "pk__lt": pk}) if rank == edge_rank else older


def _ticket(row: Ticket) -> tuple[str, str, str]:
    words = _("Request: %(subject)s") % {"subject": row.subject or _("(no subject)")}
    return "inbox", words, ticket_url(row.number)


def _message(row: Message) -> tuple[str, str, str]:
    words = _("%(name)s: %(words)s") % {
        "name": row.author_name or row.author_email,
        "words": excerpt(row.text),
    }
    kind = Message.Kind(row.kind)
    return _MESSAGE.get(kind, "reply"), words, permalink(row.ticket.number, row.pk)


def _appointment(row: Appointment) -> tuple[str, str, str]:
    words = _("Appointment: %(title)s") % {"title": row.title}
    return "calendar", words, ticket_url(row.ticket.number)


def _record(row: CrmRecord) -> tuple[str, str, str]:
    words = _("%(kind)s %(number)s: %(status)s") % {
        "kind": row.get_kind_display(),
        "number": row,
        "status": row.get_status_display(),
    }
    return ICONS[row.kind], words, web_address(row.url)


def _note(row: CustomerNote) -> tuple[str, str, str]:
    author = row.author.display_name if row.author else _("Somebody who left")
    words = _("%(name)s noted: %(words)s") % {"name": author, "words": excerpt(row.text)}
    return "square-pen", words, ""


_SOURCES = (
    _Source(
        "created_at",
        lambda _customer, tickets: tickets.only("number", "subject", "created_at"),
        _ticket,
    ),
    _Source(
        "created_at",
        lambda _customer, tickets: (
            Message.objects.filter(ticket__in=tickets)
            .select_related("ticket")
            .defer("html", "quoted_text", "quoted_html")
        ),
        _message,
    ),
    _Source(
        "starts_at",
        lambda _customer, tickets: Appointment.objects.filter(ticket__in=tickets).select_related(
            "ticket"
        ),
        _appointment,
    ),
    _Source(
        "told_at",
        lambda customer, _tickets: CrmRecord.objects.of_customer(customer).annotate(
            # A refresh does not make an old invoice news.
            told_at=Coalesce(Cast("issued_on", DateTimeField()), "fetched_at")
        ),
        _record,
    ),
    _Source(
        "created_at",
        lambda customer, _tickets: customer.written_notes.select_related("author"),
        _note,
    ),
)
