"""Whose words are whose once tickets are merged: one customer never reads another's (X-16).

A message that was merged in, and what its customer says or is told since, names the ticket it
belongs to as its origin. That ticket stays the conversation as its customer knows it.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.lookups import Exact
from django.utils.translation import gettext as _

from customers.models import CustomerAddress
from tickets.actors import Actor
from tickets.content import Recipients
from tickets.models import Follower, Merge, Message, Ticket, TicketLink
from tickets.models.ticket import TicketQuerySet

MAX_DEPTH = 20


def merged_below(ticket: Ticket) -> list[int]:
    """The tickets merged into `ticket`, and into those, as far as nobody undid it."""
    found: list[int] = []
    edge = [ticket.pk]
    for _level in range(MAX_DEPTH):
        merges = Merge.objects.standing().filter(primary__in=edge)
        edge = [pk for pk in merges.values_list("merged", flat=True) if pk not in found]
        found.extend(edge)
        if not edge:
            break
    return found


def split_family(ticket: Ticket) -> list[Ticket]:
    """`ticket`, what was split from it and what it was split from: they quote each other."""
    found, edge = {ticket.pk}, {ticket.pk}
    for _level in range(MAX_DEPTH):
        links = TicketLink.objects.filter(kind=TicketLink.Kind.SPLIT)
        pairs = links.filter(Q(source__in=edge) | Q(target__in=edge))
        edge = {pk for pair in pairs.values_list("source", "target") for pk in pair} - found
        found |= edge
        if not edge:
            break
    return [Ticket(pk=pk) for pk in found]


def foreign_conversations(ticket: Ticket) -> TicketQuerySet:
    """The conversations with other customers that go on in `ticket`."""
    merged = Ticket.objects.filter(merged_into=ticket)
    return merged.exclude(customer=ticket.customer_id)


def passed_over() -> Q:
    """Tickets shared by two customers whose own customer was not the last to be written to.

    What they share may wait for the other one: to this one it would say that we wrote to them.
    """
    others = Ticket.objects.filter(merged_into=OuterRef("pk")).exclude(
        customer=OuterRef("customer")
    )
    own = Q(origin=OuterRef("pk")) | Q(origin=None, ticket=OuterRef("pk"))
    last = Message.objects.filter(own).public().order_by("-pk").values("kind")[:1]
    is_apart = Q(merged_into__isnull=False) & ~Q(merged_into__customer=F("customer"))
    return (is_apart | Q(Exists(others))) & Q(Exact(Subquery(last), Message.Kind.INBOUND))


def is_passed_over(ticket: Ticket) -> bool:
    """The same of one ticket."""
    return Ticket.objects.filter(passed_over(), pk=ticket.pk).exists()


def origin_of_incoming(door: Ticket, survivor: Ticket, actor: Actor) -> Ticket | None:
    """Where a customer's message belongs that came in by `door`; None: to the survivor itself."""
    if door.customer_id != survivor.customer_id:
        return door
    if actor.customer is None or actor.customer.pk == survivor.customer_id:
        return None
    own = foreign_conversations(survivor).filter(customer=actor.customer)
    return own.order_by("-pk").first()


def origin_of_reply(door: Ticket, survivor: Ticket, recipients: Recipients) -> Ticket | None:
    """The conversation a reply belongs to, told by whom it goes to; None: the survivor's own.

    Raises ValidationError when it would go to customers who must not read each other.
    """
    if door.customer_id != survivor.customer_id:
        return door
    strangers = {email.lower() for email in recipients.all()} - {survivor.customer.email}
    others = list(foreign_conversations(survivor).order_by("-pk")) if strangers else []
    if not others:
        return None
    own = _addresses([survivor])
    addressed = [row for row in others if strangers & (_addresses([row]) - own)]
    if not addressed:
        return None
    is_mixed = own & {email.lower() for email in recipients.all()}
    if is_mixed or len({row.customer_id for row in addressed}) > 1:
        raise ValidationError(
            _(
                "This would go to customers of two merged tickets, who do not see each other. "
                "Write to each of them by itself."
            )
        )
    return addressed[0]


def _addresses(tickets: Iterable[Ticket]) -> set[str]:
    """Every address of the customers and followers of `tickets`."""
    rows = list(tickets)
    known = CustomerAddress.objects.filter(
        kind=CustomerAddress.Kind.EMAIL, customer__in=[row.customer_id for row in rows]
    )
    followers = Follower.objects.filter(ticket__in=rows)
    return {*known.values_list("value", flat=True), *followers.values_list("email", flat=True)}
