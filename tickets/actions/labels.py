"""Tags on tickets."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from core.events import emit
from core.text import clean_line
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.attention import settle
from tickets.events import TagsChanged
from tickets.models import Event, Tag, Ticket


@transaction.atomic
def set_tags(ticket: Ticket, *, names: Iterable[str], actor: Actor, now: datetime) -> Ticket:
    """Make `names` the ticket's tags; new words become tags. Emits TagsChanged."""
    ticket = lock_ticket(ticket)
    wanted, current = _words(names), _current(ticket)
    added, removed = wanted - current.keys(), current.keys() - wanted
    return _retag(ticket, current, added=added, removed=removed, actor=actor, now=now)


@transaction.atomic
def change_tags(
    ticket: Ticket,
    *,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    actor: Actor,
    now: datetime,
) -> Ticket:
    """Add and remove some tags and leave the others; new words become tags. Emits TagsChanged."""
    ticket = lock_ticket(ticket)
    current, lost = _current(ticket), _words(remove)
    added, removed = _words(add) - current.keys() - lost, lost & current.keys()
    return _retag(ticket, current, added=added, removed=removed, actor=actor, now=now)


def _words(names: Iterable[str]) -> set[str]:
    return {clean_line(name, 40).lower() for name in names} - {""}


def _current(ticket: Ticket) -> dict[str, Tag]:
    return {tag.name.lower(): tag for tag in ticket.tags.all()}


def _retag(
    ticket: Ticket,
    current: dict[str, Tag],
    *,
    added: set[str],
    removed: set[str],
    actor: Actor,
    now: datetime,
) -> Ticket:
    if not added and not removed:
        return ticket
    ticket.tags.remove(*(current[name] for name in removed))
    ticket.tags.add(*(_tag(name) for name in sorted(added)))
    settle(ticket, now=now).save(update_fields=["updated_at"])
    record_event(
        ticket,
        Event.Kind.TAGGED,
        actor=actor,
        now=now,
        added=sorted(added),
        removed=sorted(removed),
    )
    emit(
        TagsChanged(
            ticket=ticket,
            actor=actor,
            now=now,
            added=frozenset(added),
            removed=frozenset(removed),
        )
    )
    return ticket


def _tag(name: str) -> Tag:
    """The tag of this word; of two who need a new one at once both get the same."""
    known = Tag.objects.filter(name__iexact=name).first()
    if known is None:
        Tag.objects.bulk_create([Tag(name=name)], ignore_conflicts=True)
        known = Tag.objects.get(name__iexact=name)
    return known
