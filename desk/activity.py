"""All that happened to a ticket in one list, the newest first: history, mails, deadlines, audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, Q, QuerySet, Value
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.models.role import Permission
from core.keyset import PAGE, Cursor, Order, Page, paged, read_cursor, read_moment
from core.models import AuditEntry
from core.moments import moment_mark
from desk.activity_lines import Line, Lines, Reader, lines_of
from desk.links import ticket_url
from mailpipe.models import InboundMail, OutgoingMail
from sla.models import SlaClock
from tickets.models import Event, Message, Ticket

Kind = Event.Kind
EVENTS, SENT, RECEIVED, CLOCKS, AUDIT = range(5)
_ORDER = Order(("moment", "rank", "pk"), is_descending=True)
_AT: Final = {
    EVENTS: "at",
    SENT: "created_at",
    RECEIVED: "received_at",
    CLOCKS: "breached_at",
    AUDIT: "at",
}
MESSAGES = (
    Kind.OPENED,
    Kind.MESSAGE_RECEIVED,
    Kind.REPLIED,
    Kind.NOTE_ADDED,
    Kind.FORWARDED,
    Kind.RELEASED,
)
DELIVERY = (
    Kind.DELIVERY_FAILED,
    Kind.REPLY_WITHDRAWN,
    Kind.SENT_AGAIN,
    Kind.FORWARD_WITHDRAWN,
)
TIME = (Kind.SNOOZED, Kind.WOKEN, Kind.TIME_CHANGED, Kind.APPOINTMENT_CHANGED, Kind.PROMISE)
WHAT: Final[Mapping[str, Any]] = {
    "": gettext_lazy("Everything"),
    "messages": gettext_lazy("Messages"),
    "changes": gettext_lazy("Changes"),
    "mail": gettext_lazy("Mail and delivery"),
    "time": gettext_lazy("Time and deadlines"),
    "audit": gettext_lazy("Audit log"),
}
_SOURCES: Final[Mapping[str, tuple[int, ...]]] = {
    "": (EVENTS, SENT, RECEIVED, CLOCKS, AUDIT),
    "messages": (EVENTS,),
    "changes": (EVENTS,),
    "mail": (EVENTS, SENT, RECEIVED),
    "time": (EVENTS, CLOCKS),
    "audit": (AUDIT,),
}
_ACTORS: Final[Mapping[str, Any]] = {
    Event.ActorKind.CUSTOMER: gettext_lazy("Customers"),
    Event.ActorKind.RULE: gettext_lazy("Rules"),
    Event.ActorKind.SYSTEM: gettext_lazy("The system"),
}


@dataclass(frozen=True)
class Choice:
    """One option of a filter."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class Entry:
    """One line with its time."""

    time: SafeString
    line: Line


@dataclass(frozen=True, kw_only=True)
class Activity:
    """The activity of a ticket as its template prints it."""

    number: str
    subject: str
    base_url: str
    what: list[Choice]
    who: list[Choice]
    entries: list[Entry]
    is_filtered: bool
    previous_url: str
    next_url: str


def activity_of(ticket: Ticket, *, user: User, asked: QueryDict, now: datetime) -> Activity:
    """The page that a query string asks for; nonsense asks for everything."""
    people = _people(ticket)
    what = _known(asked.get("what", ""), WHAT)
    who = _known(asked.get("who", ""), people)
    page = _page(ticket, _parts(ticket, user, what, who), asked)
    lines = lines_of(page.rows, Reader(ticket, user.may(Permission.MAIL_INSPECT)))
    given = {"what": what, "who": who}
    return Activity(
        number=f"#{ticket.number}",
        subject=ticket.subject or _("(no subject)"),
        base_url=ticket_url(ticket.number),
        what=_choices(_offered(user), what),
        who=_choices({"": _("Everybody"), **people}, who),
        entries=[_entry(row, lines, now) for row in page.rows],
        is_filtered=bool(what or who),
        previous_url=_url(ticket, given, before=page.previous) if page.previous else "",
        next_url=_url(ticket, given, after=page.next) if page.next else "",
    )


def _known(value: str, offered: Mapping[str, Any]) -> str:
    return value if value in offered else ""


def _offered(user: User) -> dict[str, Any]:
    may_read = user.may(Permission.AUDIT_READ)
    return {key: text for key, text in WHAT.items() if key != "audit" or may_read}


def _choices(offered: Mapping[str, Any], chosen: str) -> list[Choice]:
    return [Choice(value, str(text), value == chosen) for value, text in offered.items()]


def _url(ticket: Ticket, given: Mapping[str, str], **edge: str) -> str:
    return ticket_url(ticket.number, part="activity", **given, **edge)


def _people(ticket: Ticket) -> dict[str, Any]:
    """Who has done something here: colleagues by name, the others by what they are."""
    rows = ticket.events.order_by("actor_kind", "actor_user_id", "-pk")
    rows = rows.distinct("actor_kind", "actor_user_id")
    found = list(rows.values_list("actor_kind", "actor_user_id", "actor_name"))
    staff = {str(pk): name for _kind, pk, name in found if pk is not None}
    kinds = {kind for kind, _pk, _name in found}
    others = {str(kind): text for kind, text in _ACTORS.items() if kind in kinds}
    return {**dict(sorted(staff.items(), key=lambda pair: pair[1])), **others}


def _parts(ticket: Ticket, user: User, what: str, who: str) -> dict[int, QuerySet[Any]]:
    """The rows of each source; what nobody did is left out where somebody is asked for."""
    sources = set(_SOURCES[what])
    if who and who != Event.ActorKind.SYSTEM:
        sources &= {EVENTS, AUDIT}
    if not user.may(Permission.AUDIT_READ) or (who and not who.isdigit()):
        sources.discard(AUDIT)
    rows: dict[int, QuerySet[Any]] = {
        EVENTS: _events(ticket, what, who),
        SENT: OutgoingMail.objects.filter(ticket=ticket),
        RECEIVED: InboundMail.objects.filter(ticket=ticket),
        CLOCKS: SlaClock.objects.filter(ticket=ticket, breached_at__isnull=False),
    }
    if AUDIT in sources:
        rows[AUDIT] = _audit(ticket, who)
    return {source: rows[source] for source in sorted(sources)}


def _events(ticket: Ticket, what: str, who: str) -> QuerySet[Event]:
    wanted: Mapping[str, Q] = {
        "messages": Q(kind__in=MESSAGES),
        "changes": ~Q(kind__in=(*MESSAGES, *DELIVERY, *TIME)),
        "mail": Q(kind__in=DELIVERY),
        "time": Q(kind__in=TIME),
    }
    rows = ticket.events.filter(wanted.get(what, Q()))
    if who.isdigit():
        return rows.filter(actor_user_id=int(who))
    return rows.filter(actor_kind=who) if who else rows


def _audit(ticket: Ticket, who: str) -> QuerySet[AuditEntry]:
    """Of the ticket and of its messages: downloads of raw mails, redactions."""
    said = [str(pk) for pk in Message.objects.filter(ticket=ticket).values_list("pk", flat=True)]
    about = Q(subject_kind="ticket", subject_id=str(ticket.pk))
    rows = AuditEntry.objects.filter(about | Q(subject_kind="message", subject_id__in=said))
    return rows.filter(actor_id=int(who)) if who.isdigit() else rows


def _page(
    ticket: Ticket, parts: Mapping[int, QuerySet[Any]], asked: QueryDict
) -> Page[tuple[datetime, int, int]]:
    """Moment, source and key of the rows of one page, out of all sources in one statement."""
    cursor = read_cursor(asked.get("after", ""), asked.get("before", ""), _ORDER)
    terms = _ORDER.terms(backwards=cursor.is_backwards)
    slices = [_slice(rows, source, cursor, terms) for source, rows in parts.items()]
    if not slices:
        return paged([], cursor, list)
    first, *others = slices
    union = first.union(*others, all=True).order_by(*terms) if others else first
    return paged(list(union[: PAGE + 1]), cursor, list)


def _slice(
    rows: QuerySet[Any], source: int, cursor: Cursor, terms: Iterable[str]
) -> QuerySet[Any, Any]:
    """As much of one source as the page could need."""
    column = _AT[source]
    found = rows.filter(_beyond(source, cursor)).annotate(moment=F(column), rank=Value(source))
    return found.order_by(*terms).values_list("moment", "rank", "pk")[: PAGE + 1]


def _beyond(source: int, cursor: Cursor) -> Q:
    """What lies past the cursor in its direction; sources stand in their order at one moment."""
    if not cursor.values:
        return Q()
    micros, at_source, pk = cursor.values
    column, moment = _AT[source], read_moment(str(micros))
    sign = "gt" if cursor.is_backwards else "lt"
    past = Q(**{f"{column}__{sign}": moment})
    if source == at_source:
        return past | Q(**{column: moment, f"pk__{sign}": pk})
    is_past = source > at_source if cursor.is_backwards else source < at_source
    return past | Q(**{column: moment}) if is_past else past


def _entry(row: tuple[datetime, int, int], lines: Lines, now: datetime) -> Entry:
    moment, source, pk = row
    return Entry(moment_mark(moment, now=now), lines[source, pk])
