"""What every ticket action does: lock the row, write the one history event."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import connection

from core.compiled import Compiled
from core.inserting import insert
from tickets.actors import Actor
from tickets.models import Event, Message, Ticket
from tickets.models.ticket import TicketQuerySet

_STALE: Final = "UPDATE tickets_searchdocument SET is_stale = true WHERE ticket_id = %s"


def lock_ticket(ticket: Ticket) -> Ticket:
    """The row as it is now, locked until the transaction ends; with what actions decide on."""
    rows = _locked(frozenset([ticket.pk]))
    if not rows:
        raise Ticket.DoesNotExist(f"ticket {ticket.pk}")
    return rows[0]


def lock_tickets(tickets: Iterable[Ticket]) -> dict[int, Ticket]:
    """Several rows by id, locked in the order of their ids: two who cross each other wait."""
    return {row.pk: row for row in _locked(frozenset(ticket.pk for ticket in tickets))}


def record_event(
    ticket: Ticket,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    message: Message | None = None,
    **facts: Any,
) -> Event:
    """Append one row to the history; `facts` is its data."""
    event = new_event(ticket, kind, actor=actor, now=now, message=message, **facts)
    append_events(ticket, [event])
    return event


def append_events(ticket: Ticket, rows: list[Event]) -> None:
    """Append rows of one action to the history in one statement."""
    if len(rows) == 1:
        insert(rows[0])
    else:
        Event.objects.bulk_create(rows)
    ticket.fresh_events.extend(rows)


def new_event(
    ticket: Ticket,
    kind: str,
    *,
    actor: Actor,
    now: datetime,
    message: Message | None = None,
    **facts: Any,
) -> Event:
    """A row for the history; `append_events` stores it. What a rule did names rule and version."""
    if actor.rule_id is not None:
        facts["rule"] = {"id": actor.rule_id, "version": actor.version_id}
    return Event(
        ticket=ticket,
        kind=kind,
        at=now,
        actor_kind=actor.kind,
        actor_user=actor.user,
        actor_customer=actor.customer,
        actor_name=actor.name[:160],
        message=message,
        data=facts,
    )


def status_facts(ticket: Ticket) -> dict[str, Any]:
    """The status as it was, so that clocks and reports never ask what a row means today."""
    status = ticket.status
    return {
        "id": status.pk,
        "name": status.name,
        "kind": status.kind,
        "pauses": list(status.pauses_sla),
    }


def named(row: Any) -> dict[str, Any] | None:
    """A row as the history keeps it: its id and the name it had."""
    return None if row is None else {"id": row.pk, "name": str(row)}


def _locked(ids: frozenset[int]) -> list[Ticket]:
    """The locked rows with what every action asks of them.

    Whoever waited for a lock sees the row as it is now beside the rows it was joined to before:
    one whose status changed is missing then. The locks are held by that time, so asking again
    tells the truth.
    """
    rows = _asked(ids)
    return _asked(ids) if len(rows) < len(ids) else rows


def _asked(ids: frozenset[int]) -> list[Ticket]:
    if len(ids) == 1:
        return _one(pk=next(iter(ids)))
    return list(_locking().filter(pk__in=ids).order_by("pk"))


def _locking() -> TicketQuerySet:
    return Ticket.objects.select_for_update(of=("self",)).select_related(
        "status", "priority", "department", "customer"
    )


_one: Final = Compiled(lambda pk: _locking().filter(pk=pk))


def touch_search(ticket: Ticket) -> None:
    """Ask the sweep to write the search document anew.

    Also when it is stale already: the row lock keeps a running sweep from missing what we commit.
    """
    with connection.cursor() as cursor:
        cursor.execute(_STALE, [ticket.pk])
