"""Colleagues who watch a ticket."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core.events import emit
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.events import WatchersChanged
from tickets.models import Event, Ticket, Watcher
from tickets.permissions import may_be_assigned


@transaction.atomic
def watch(ticket: Ticket, *, users: Iterable[User], actor: Actor, now: datetime) -> list[User]:
    """Let colleagues hear what happens; those who could not open the ticket are left out (X-15).

    Returns who is new. Emits WatchersChanged.
    """
    ticket = lock_ticket(ticket)
    known = set(ticket.watchers.values_list("user_id", flat=True))
    fresh = {user.pk: user for user in users if user.pk not in known}
    added = [
        user
        for _pk, user in sorted(fresh.items())
        if user.is_active and may_be_assigned(user, ticket.department_id)
    ]
    if added:
        Watcher.objects.bulk_create(Watcher(ticket=ticket, user=user) for user in added)
        _tell(ticket, actor=actor, now=now, added=tuple(added))
    return added


@transaction.atomic
def unwatch(ticket: Ticket, *, users: Iterable[User], actor: Actor, now: datetime) -> list[User]:
    """Stop telling these colleagues; returns who did watch. Emits WatchersChanged."""
    ticket = lock_ticket(ticket)
    rows = list(ticket.watchers.filter(user__in=list(users)).select_related("user"))
    if rows:
        Watcher.objects.filter(pk__in=[row.pk for row in rows]).delete()
        _tell(ticket, actor=actor, now=now, removed=tuple(row.user for row in rows))
    return [row.user for row in rows]


def _tell(
    ticket: Ticket,
    *,
    actor: Actor,
    now: datetime,
    added: tuple[User, ...] = (),
    removed: tuple[User, ...] = (),
) -> None:
    record_event(
        ticket,
        Event.Kind.WATCHERS_CHANGED,
        actor=actor,
        now=now,
        added=[user.display_name for user in added],
        removed=[user.display_name for user in removed],
    )
    emit(WatchersChanged(ticket=ticket, actor=actor, now=now, added=added, removed=removed))
