"""Who asks, and the one ticket, message or customer they may see: no right, no object."""

from __future__ import annotations

from typing import Final, cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from core.compiled import Compiled
from customers.models import Customer
from tickets.models import Message, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.permissions import staff_may_see

_SHOWN = ("status", "priority", "department", "service", "assignee", "customer__organisation")


def reader(request: HttpRequest) -> User:
    """The member of staff who asks; the gate has let nobody else through."""
    if not getattr(request.user, "is_staff", False):
        raise Http404
    return cast(User, request.user)


def visible_tickets(request: HttpRequest) -> TicketQuerySet:
    """The tickets of the reader's departments, or all."""
    return Ticket.objects.visible_to(reader(request))


def ticket_or_404(request: HttpRequest, number: int) -> Ticket:
    """A visible ticket that was not merged away, with what pages show of it."""
    found = visible_tickets(request).filter(merged_into=None).select_related(*_SHOWN)
    return get_object_or_404(found, number=number)


def ticket_to_write_in(request: HttpRequest, number: int) -> Ticket:
    """A visible ticket, merged ones too, and its customer: all that a typed message is held to."""
    return only_visible(request, _to_write_in(number=number))


def only_visible(request: HttpRequest, found: list[Ticket]) -> Ticket:
    """The one ticket of a compiled question, which asks for a number and not for who may see it."""
    user = reader(request)
    for ticket in found:
        if staff_may_see(user, ticket):
            return ticket
    raise Http404


def _of_number(number: int) -> TicketQuerySet:
    return Ticket.objects.filter(number=number).select_related("customer")


_to_write_in: Final = Compiled(_of_number)


def message_or_404(request: HttpRequest, number: int, pk: int) -> Message:
    """A message of a visible ticket."""
    messages = Message.objects.select_related("ticket__department", "ticket__customer")
    return get_object_or_404(
        messages, pk=pk, ticket__number=number, ticket__in=visible_tickets(request)
    )


def customer_or_404(request: HttpRequest, pk: int) -> Customer:
    """A customer that was not merged away."""
    found = Customer.objects.visible_to(reader(request)).select_related(
        "organisation__tier", "tier"
    )
    return get_object_or_404(found, pk=pk)
