"""Who else gets the public replies of a ticket (R42, mail.md 53)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.models import User
from core import options
from core.events import emit
from customers.models import Customer
from tickets.actions.record import lock_ticket, record_event
from tickets.actors import Actor
from tickets.events import FollowersChanged
from tickets.models import Event, Follower, Ticket


@dataclass(frozen=True, kw_only=True)
class NewFollower:
    """An address to be told; hidden ones (Bcc) are never disclosed."""

    email: str
    name: str = ""
    customer: Customer | None = None
    user: User | None = None
    is_hidden: bool = False


@transaction.atomic
def add_followers(
    ticket: Ticket, *, followers: Iterable[NewFollower], actor: Actor, now: datetime
) -> list[Follower]:
    """Add addresses that do not follow yet, up to the cap. Emits FollowersChanged."""
    ticket = lock_ticket(ticket)
    added = insert_followers(ticket, tuple(followers))
    if added:
        emails = tuple(row.email for row in added)
        record_event(
            ticket,
            Event.Kind.FOLLOWERS_CHANGED,
            actor=actor,
            now=now,
            added=list(emails),
            removed=[],
        )
        emit(FollowersChanged(ticket=ticket, actor=actor, now=now, added=emails, removed=()))
    return added


@transaction.atomic
def remove_follower(follower: Follower, *, actor: Actor, now: datetime) -> None:
    """Stop telling this address. Emits FollowersChanged."""
    ticket = lock_ticket(follower.ticket)
    deleted, _rows = Follower.objects.filter(pk=follower.pk).delete()
    if not deleted:
        return
    record_event(
        ticket,
        Event.Kind.FOLLOWERS_CHANGED,
        actor=actor,
        now=now,
        added=[],
        removed=[follower.email],
    )
    emit(FollowersChanged(ticket=ticket, actor=actor, now=now, added=(), removed=(follower.email,)))


def insert_followers(ticket: Ticket, followers: tuple[NewFollower, ...]) -> list[Follower]:
    """Insert the new ones among `followers`; the requester never follows their own ticket."""
    if not followers:
        return []
    known = set(ticket.followers.values_list("email", flat=True)) | {ticket.customer.email}
    room = max(0, options.value("tickets.max_followers") - len(known) + 1)
    fresh = {new.email: new for new in followers if new.email and new.email not in known}
    rows = [
        Follower(
            ticket=ticket,
            email=new.email,
            name=new.name[:160],
            customer=new.customer,
            user=new.user,
            is_hidden=new.is_hidden,
        )
        for new in list(fresh.values())[:room]
    ]
    return Follower.objects.bulk_create(rows)
