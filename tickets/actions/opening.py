"""Opening a ticket, whatever the channel: two events on one settled row (ARCHITECTURE 3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import Department, User
from core.events import emit
from core.text import clean_line
from customers.models import Customer
from tickets.actions.custom_fields import open_with_values
from tickets.actions.followers import NewFollower, insert_followers
from tickets.actions.posting import Post, insert_message
from tickets.actions.record import named, record_event, status_facts
from tickets.actors import Actor
from tickets.attention import settle
from tickets.content import Author, Content, Recipients
from tickets.events import TicketAdmitted, TicketOpened
from tickets.models import Event, Message, Priority, SearchDocument, Service, Status, Ticket
from tickets.models.vocabulary import Kind
from tickets.vocabulary import default_priority, default_status

_reserved: ContextVar[int | None] = ContextVar("reserved_number", default=None)


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Everything a new ticket starts from; what is None gets the company's default.

    `kind` is the kind of the first message: inbound from a customer, a reply when staff writes
    first, or a note. `custom` are answers in the company's own fields, by their keys.
    """

    customer: Customer
    department: Department
    subject: str
    content: Content
    channel: str
    author: Author
    kind: str = Message.Kind.INBOUND
    status: Status | None = None
    priority: Priority | None = None
    service: Service | None = None
    assignee: User | None = None
    followers: tuple[NewFollower, ...] = ()
    recipients: Recipients = Recipients()
    custom: Mapping[int, Any] = field(default_factory=dict)


@transaction.atomic
def open_ticket(opening: Opening, *, actor: Actor, now: datetime) -> Ticket:
    """Open a ticket with its first message.

    Raises ValidationError for an answer that does not fit its custom field.
    Emits TicketOpened and, once classify and routing rules are through, TicketAdmitted.
    """
    ticket = _insert_ticket(opening, now)
    insert_followers(ticket, opening.followers)
    message = insert_message(ticket, _first_post(opening), actor=actor, now=now)
    ticket.save()
    SearchDocument.objects.create(ticket=ticket)
    answers = open_with_values(ticket, values=opening.custom, actor=actor)
    record_event(
        ticket,
        Event.Kind.OPENED,
        actor=actor,
        now=now,
        message=message,
        status=status_facts(ticket),
        priority=named(ticket.priority),
        department=named(ticket.department),
        service=named(ticket.service),
        assignee=named(ticket.assignee),
        channel=ticket.channel,
        message_kind=message.kind,
        automatic=message.is_automatic,
        held=message.is_held,
        **({"custom": answers} if answers else {}),
    )
    emit(TicketOpened(ticket=ticket, message=message, actor=actor, now=now))
    emit(TicketAdmitted(ticket=ticket, message=message, actor=actor, now=now))
    return ticket


def next_number() -> int:
    """The next ticket number of the sequence, or the reserved one the demo or an import set."""
    reserved = _reserved.get()
    if reserved is not None:
        _reserved.set(None)  # what a rule opens meanwhile is another ticket
        return reserved
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('tickets_number')")
        return int(cursor.fetchone()[0])


@contextmanager
def number_from(number: int) -> Iterator[None]:
    """The ticket opened inside gets this reserved number, whatever channel opens it."""
    token = _reserved.set(number)
    try:
        yield
    finally:
        _reserved.reset(token)


def reserve_numbers(count: int) -> range:
    """Set `count` numbers aside, for the demo's older tickets and for imports."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval('tickets_number', nextval('tickets_number') + %s)", [count - 1]
        )
        last = int(cursor.fetchone()[0])
    return range(last - count + 1, last + 1)


def _insert_ticket(opening: Opening, now: datetime) -> Ticket:
    service = opening.service
    subject = clean_line(opening.subject, 2000)
    priority = opening.priority or (service and service.default_priority) or default_priority()
    ticket = Ticket(
        number=next_number(),
        subject=clean_line(subject, 255),
        full_subject=subject if len(subject) > 255 else "",  # noqa: PLR2004 -- the column's width
        customer=opening.customer,
        department=opening.department,
        status=opening.status or default_status(_first_kind(opening)),
        priority=priority,
        service=service,
        assignee=opening.assignee,
        channel=opening.channel,
        created_at=now,
        status_since=now,
    )
    settle(ticket, now=now).save(force_insert=True)
    return ticket


def _first_kind(opening: Opening) -> Kind:
    return Kind.WAITING_CUSTOMER if opening.kind == Message.Kind.REPLY else Kind.NEW


def _first_post(opening: Opening) -> Post:
    return Post(
        kind=opening.kind,
        channel=opening.channel,
        author=opening.author,
        content=opening.content,
        recipients=opening.recipients,
    )
