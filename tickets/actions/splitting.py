"""A ticket about two things becomes two tickets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department
from core.events import emit
from core.text import clean_line
from customers.models import Customer
from tickets.actions.links import insert_link
from tickets.actions.opening import next_number
from tickets.actions.record import lock_ticket, named, record_event, status_facts, touch_search
from tickets.actions.retelling import retell, waits_since
from tickets.actors import Actor
from tickets.attention import settle
from tickets.events import TicketAdmitted, TicketOpened, TicketSplit
from tickets.models import Attachment, Event, Message, SearchDocument, Ticket, TicketLink
from tickets.models.ticket import Channel
from tickets.models.vocabulary import Kind
from tickets.vocabulary import default_status


@dataclass(frozen=True, kw_only=True)
class Split:
    """What the new ticket is made of; without a customer or department it has the old one's."""

    messages: Sequence[int]
    subject: str
    customer: Customer | None = None
    department: Department | None = None


@transaction.atomic
def split_ticket(ticket: Ticket, *, split: Split, actor: Actor, now: datetime) -> Ticket:
    """Move messages with their files into a new ticket, whose promises begin now (sla.md 4).

    Raises ValidationError unless a customer's message goes along and another message stays, or
    when the messages are of several customers. Emits TicketOpened, TicketAdmitted, TicketSplit.
    """
    source = lock_ticket(ticket)
    found = source.messages.select_related("origin__customer", "author_customer")
    messages = list(found.filter(pk__in=split.messages).order_by("pk"))
    _guard(source, messages)
    customer = _customer(source, messages, split.customer)
    first = next(row for row in messages if row.kind == Message.Kind.INBOUND)
    fresh = _insert(source, split, customer, now=now)
    ids = tuple(row.pk for row in messages)
    Message.objects.filter(pk__in=ids).update(ticket=fresh, origin=None)
    Attachment.objects.filter(message__in=ids).update(ticket=fresh)
    first.ticket, first.origin = fresh, None
    fresh.waiting_since = waits_since(fresh)
    retell(fresh, now=now)
    _tell_opening(fresh, first, source, actor=actor, now=now)
    _settle_source(source, fresh, ids, actor=actor, now=now)
    insert_link(fresh, target=source, kind=TicketLink.Kind.SPLIT, actor=actor, now=now)
    emit(TicketOpened(ticket=fresh, message=first, actor=actor, now=now))
    emit(TicketAdmitted(ticket=fresh, message=first, actor=actor, now=now))
    emit(TicketSplit(ticket=fresh, source=source, messages=ids, actor=actor, now=now))
    return fresh


def _guard(source: Ticket, messages: list[Message]) -> None:
    if source.merged_into_id is not None or source.deleted_at is not None:
        raise ValidationError(_("There is no such ticket."))
    if not any(row.kind == Message.Kind.INBOUND for row in messages):
        raise ValidationError(_("Choose at least one message of the customer."))
    if not source.messages.exclude(pk__in=[row.pk for row in messages]).exists():
        raise ValidationError(_("Leave at least one message where it is."))


def _customer(source: Ticket, messages: list[Message], wanted: Customer | None) -> Customer:
    """Whose ticket it becomes; never one who would read what is not theirs (X-16)."""
    said = [row for row in messages if not row.is_internal]
    owners = {(row.origin or source).customer_id: (row.origin or source).customer for row in said}
    if len(owners) > 1:
        raise ValidationError(_("These messages are of several customers."))
    owner = next(iter(owners.values()))
    if wanted is None or wanted.pk == owner.pk:
        return owner
    if any(row.author_customer_id != wanted.pk for row in said):
        raise ValidationError(_("Not all of these messages are by that customer."))
    return wanted


def _insert(source: Ticket, split: Split, customer: Customer, *, now: datetime) -> Ticket:
    fresh = Ticket(
        number=next_number(),
        subject=clean_line(split.subject, 255) or source.subject,
        customer=customer,
        department=split.department or source.department,
        status=default_status(Kind.NEW),
        priority=source.priority,
        service=source.service,
        assignee=None if split.department else source.assignee,
        # By hand: its customer has had a receipt for what they wrote.
        channel=Channel.MANUAL,
        created_at=now,
        status_since=now,
    )
    settle(fresh, now=now).save(force_insert=True)
    SearchDocument.objects.create(ticket=fresh)
    return fresh


def _tell_opening(
    fresh: Ticket, first: Message, source: Ticket, *, actor: Actor, now: datetime
) -> None:
    record_event(
        fresh,
        Event.Kind.OPENED,
        actor=actor,
        now=now,
        message=first,
        status=status_facts(fresh),
        priority=named(fresh.priority),
        department=named(fresh.department),
        service=named(fresh.service),
        assignee=named(fresh.assignee),
        channel=fresh.channel,
        message_kind=first.kind,
        automatic=first.is_automatic,
        held=first.is_held,
        split_from=source.number,
    )


def _settle_source(
    source: Ticket, fresh: Ticket, ids: tuple[int, ...], *, actor: Actor, now: datetime
) -> None:
    """What is left waits only for what is still unanswered in it."""
    if source.waiting_since is not None:
        source.waiting_since = waits_since(source)
    if source.handover_id in ids:
        source.handover = None
    retell(source, now=now, also=("handover",))
    touch_search(source)
    facts: dict[str, Any] = {
        "number": fresh.number,
        "messages": len(ids),
        "waits": source.awaits_agent,
    }
    record_event(source, Event.Kind.SPLIT, actor=actor, now=now, **facts)
