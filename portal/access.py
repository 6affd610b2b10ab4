"""Who reads a portal page: a customer with an account, in an open portal; no right, no object."""

from __future__ import annotations

import functools
from collections.abc import Callable
from http import HTTPStatus
from typing import Concatenate, ParamSpec, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.models import User
from core import options
from core.access import ask_to_sign_in
from core.rendering import render_page
from customers.models import Customer
from portal.viewing import seen_tickets, viewing_of
from tickets.conversations import is_passed_over
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.models.vocabulary import Kind
from tickets.vocabulary import default_status, departments

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

_SHOWN = ("status", "department", "assignee__role", "customer", "merged_into")


def open_portal(view: View[P]) -> View[P]:
    """A page that, while managers keep the portal closed, says so and where to write (R54)."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if options.value("portal.enabled"):
            return view(request, *args, **kwargs)
        shown = [row.address for row in departments() if row.is_portal_visible and row.address]
        context = {"addresses": shown}
        return render_page(request, "portal/closed.html", context, status=HTTPStatus.NOT_FOUND)

    return guarded


def customers_only(view: View[P]) -> View[P]:
    """For customers with an account; others sign in, staff find nothing unless they look on."""

    @functools.wraps(view)
    @open_portal
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        if getattr(request.user, "is_staff", False) and viewing_of(request) is None:
            raise Http404
        if customer_of(request) is None:
            return render_page(request, "portal/unlinked.html", {}, status=HTTPStatus.FORBIDDEN)
        return view(request, *args, **kwargs)

    return guarded


def customer_of(request: HttpRequest) -> Customer | None:
    """The customer this account belongs to, or whom a colleague looks on as; asked once."""
    user = request.user
    if (viewing := viewing_of(request)) is not None:
        return viewing.customer
    if not isinstance(user, User) or user.is_staff:
        return None
    if not hasattr(request, "_customer"):
        found = Customer.objects.active().select_related("organisation").filter(user=user).first()
        if found is not None:
            found.user = user  # both sides know each other now: permissions ask for user.customer
        request._customer = found  # type: ignore[attr-defined]  # remembered for this request
    return cast(Customer | None, request._customer)  # type: ignore[attr-defined]  # as above


def the_customer(request: HttpRequest) -> Customer:
    """The customer on a page that `customers_only` guards."""
    customer = customer_of(request)
    if customer is None:
        raise Http404
    return customer


def account_of(request: HttpRequest) -> User:
    """The customer's account: never that of a colleague who looks on."""
    viewing = viewing_of(request)
    user = request.user if viewing is None else viewing.customer.user
    if not isinstance(user, User):
        raise Http404
    return user


def visible_tickets(request: HttpRequest) -> TicketQuerySet:
    """The reader's own tickets, and colleagues' where their organisation shares (X-14)."""
    the_customer(request)
    if (viewing := viewing_of(request)) is not None:
        return seen_tickets(viewing)
    return Ticket.objects.visible_to(cast(User, request.user))


def ticket_or_404(request: HttpRequest, public_id: UUID) -> Ticket:
    """A visible ticket; foreign and missing ones look the same (X-28)."""
    shown = visible_tickets(request).select_related(*_SHOWN)
    return standing_with(get_object_or_404(shown, public_id=public_id))


def standing_with(ticket: Ticket) -> Ticket:
    """A merged ticket stands where the one stands in which we go on with it; read-only."""
    into = ticket.merged_into
    if into is not None:
        ticket.status, ticket.status_kind = into.status, into.status_kind
        ticket.resolved_at, ticket.closed_at = into.resolved_at, into.closed_at
        ticket.assignee = into.assignee
    if ticket.status_kind == Kind.WAITING_CUSTOMER and is_passed_over(ticket):
        ticket.status = default_status(Kind.OPEN)
        ticket.status_kind = ticket.status.kind
    return ticket


def own_ticket_or_404(request: HttpRequest, public_id: UUID) -> Ticket:
    """The reader's own ticket: only who asked says that it is solved, or not."""
    ticket = ticket_or_404(request, public_id)
    if ticket.customer_id != the_customer(request).pk or ticket.merged_into_id is not None:
        raise Http404
    return ticket
