"""Tickets as they were when they were opened, rebuilt from their history (N3)."""

from __future__ import annotations

import copy
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from accounts.models import Department
from tickets.facts import Around, around_of, first_messages
from tickets.models import Event, Message, Priority, Service, Status, Tag, Ticket

CHUNK = 500


@dataclass(frozen=True)
class Opened:
    """A ticket as rules saw it at its opening, and what became of it there.

    `ticket` is a copy that is never saved; `department`, `priority` and `service` are what it had
    once the rules of that time were through.
    """

    ticket: Ticket
    message: Message | None
    department: int | None
    priority: int | None
    service: int | None
    around: Around


@dataclass(frozen=True)
class World:
    """The rows history names by their keys, read once for many tickets."""

    departments: dict[int, Department]
    priorities: dict[int, Priority]
    services: dict[int, Service]
    statuses: dict[int, Status]

    @classmethod
    def read(cls) -> World:
        return cls(
            Department.objects.in_bulk(),
            Priority.objects.in_bulk(),
            Service.objects.in_bulk(),
            Status.objects.in_bulk(),
        )


def newest_tickets(count: int) -> list[int]:
    """The ids of the newest tickets that are neither spam nor deleted."""
    alive = Ticket.objects.alive().filter(is_spam=False, merged_into=None)
    return list(alive.order_by("-pk").values_list("pk", flat=True)[:count])


def openings(ids: Iterable[int], *, world: World) -> Iterator[list[Opened]]:
    """Chunk by chunk, in the order given, in six statements each."""
    rest = iter(ids)
    while chunk := list(islice(rest, CHUNK)):
        yield _chunk(chunk, world)


def opening_of(ticket: Ticket) -> Opened | None:
    """One ticket; None when its history does not tell how it began."""
    found = _chunk([ticket.pk], World.read())
    return found[0] if found else None


@dataclass(frozen=True)
class _Past:
    """What is stored of one opening."""

    event: Event
    changes: list[Event]
    message: Message | None
    around: Around


def _chunk(ids: list[int], world: World) -> list[Opened]:
    related = ("customer__organisation__tier", "customer__tier", "status", "assignee")
    tickets = Ticket.objects.select_related(*related).in_bulk(ids)
    opened, changes = _history(ids)
    first = {pk: row.message_id for pk, row in opened.items()}
    messages = first_messages().in_bulk([pk for pk in first.values() if pk])
    around = around_of(first)
    past = {
        pk: _Past(row, changes.get(pk, []), messages.get(row.message_id or 0), around[pk])
        for pk, row in opened.items()
        if pk in around
    }
    return [_opened(tickets[pk], past[pk], world) for pk in ids if pk in tickets and pk in past]


def _history(ids: list[int]) -> tuple[dict[int, Event], dict[int, list[Event]]]:
    """The opening of each ticket, and what changed its fields afterwards, in order."""
    kinds = [Event.Kind.OPENED, Event.Kind.CHANGED]
    opened: dict[int, Event] = {}
    changes: dict[int, list[Event]] = {}
    for row in Event.objects.filter(ticket_id__in=ids, kind__in=kinds).order_by("pk"):
        if row.kind == Event.Kind.OPENED:
            opened.setdefault(row.ticket_id, row)
        else:
            changes.setdefault(row.ticket_id, []).append(row)
    return opened, changes


def _opened(ticket: Ticket, past: _Past, world: World) -> Opened:
    event = past.event
    began = {name: _id(event.data.get(name)) for name in ("department", "priority", "service")}
    became = dict(began)
    for row in past.changes:
        # Rules act in the moment of opening; what a person changed later is no rule's doing.
        if row.at == event.at and row.actor_kind == Event.ActorKind.RULE:
            became |= {
                name: _id(change["after"])
                for name, change in row.data.get("changes", {}).items()
                if name in became
            }
    then = as_it_was(ticket, event, began, world)
    return Opened(
        ticket=then,
        message=past.message,
        department=became["department"],
        priority=became["priority"],
        service=became["service"],
        around=past.around if then.assignee else past.around._replace(team_tier=None),
    )


def as_it_was(ticket: Ticket, event: Event, began: dict[str, int | None], world: World) -> Ticket:
    """An unsaved copy with the fields of the moment of opening."""
    began = {name: pk if _is_known(name, pk, world) else None for name, pk in began.items()}
    then = copy.copy(ticket)
    status = event.data.get("status") or {}
    then.status_kind = status.get("kind", ticket.status_kind)
    then.status = world.statuses.get(status.get("id", 0), ticket.status)
    then.department = world.departments[began["department"] or ticket.department_id]
    then.priority = world.priorities[began["priority"] or ticket.priority_id]
    then.priority_rank = then.priority.rank
    then.service = world.services.get(began["service"] or 0)
    then.assignee = ticket.assignee if _id(event.data.get("assignee")) else None
    then.message_count, then.reopened_count, then.escalation_level = 1, 0, 0
    then.last_customer_at = then.last_human_at = then.waiting_since = event.at
    then.last_staff_at = then.resolved_at = then.closed_at = None
    then.status_since, then.sla_state, then.sla_metric = event.at, "", ""
    vars(then)["_prefetched_objects_cache"] = {"tags": Tag.objects.none()}
    return then


def _is_known(name: str, pk: int | None, world: World) -> bool:
    """Whether the row of that time still exists."""
    known: dict[str, Container[int | None]] = {
        "department": world.departments,
        "priority": world.priorities,
        "service": world.services,
    }
    return pk in known[name]


def _id(fact: Any) -> int | None:
    return fact["id"] if fact else None
