"""Who a guest link lets in, and until when."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db.models.functions import Coalesce

from core import options
from tickets.models import GuestLink, Ticket

TOKEN_LENGTH = 43
RENEWABLE = timedelta(days=90)
BATCH = 1000


def find_guest_link(token: str) -> GuestLink | None:
    """The link of a token, dead or alive; None for a token that is not ours.

    A deleted ticket or spam has none, nor has an address that is no longer part of the ticket.
    """
    if len(token) != TOKEN_LENGTH:
        return None
    links = GuestLink.objects.select_related(
        "ticket__status",
        "ticket__assignee__role",
        "ticket__department",
        "ticket__customer",
        "ticket__merged_into",
    )
    link = links.filter(
        digest=digest_of(token), ticket__deleted_at=None, ticket__is_spam=False
    ).first()
    return link if link is not None and belongs(link.email, ticket=link.ticket) else None


def ticket_behind(link: GuestLink) -> Ticket:
    """What a link opens: the ticket this one was merged into, where its customer is the same."""
    into = link.ticket.merged_into
    if into is None or into.customer_id != link.ticket.customer_id:
        return link.ticket
    is_there = into.deleted_at is None and not into.is_spam
    return into if is_there and belongs(link.email, ticket=into) else link.ticket


def is_alive(link: GuestLink, *, now: datetime) -> bool:
    """While the ticket is open, and some days more; as long after it was asked for once more."""
    ticket = link.ticket.merged_into or link.ticket
    ended_at = ticket.closed_at or ticket.resolved_at
    if ended_at is None:
        return True
    return now <= max(ended_at, link.created_at) + _lifetime()


def forget_dead_links(now: datetime) -> int:
    """Drop links that died so long ago that nobody asks for a fresh one; returns how many.

    Until then their page offers one by mail; afterwards it is as if there had been none.
    """
    limit = now - _lifetime() - RENEWABLE
    ended_at = Coalesce(
        "ticket__closed_at",
        "ticket__resolved_at",
        "ticket__merged_into__closed_at",
        "ticket__merged_into__resolved_at",
    )
    dead = GuestLink.objects.filter(created_at__lt=limit).annotate(ended_at=ended_at)
    batch = dead.filter(ended_at__lt=limit).values("pk")[:BATCH]
    return GuestLink.objects.filter(pk__in=batch).delete()[0]


def belongs(email: str, *, ticket: Ticket) -> bool:
    """Whether the address is the requester's or a follower's."""
    if not email:
        return False
    if email == ticket.customer.email:
        return True
    addresses = ticket.customer.addresses.filter(kind="email", value=email)
    return addresses.exists() or ticket.followers.filter(email=email).exists()


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _lifetime() -> timedelta:
    return timedelta(days=options.value("tickets.guest_days"))
