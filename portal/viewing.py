"""Seeing the portal as a customer sees it: staff reads, nothing can be sent (R180).

Nobody is signed in as anybody. A sealed mark in the colleague's own session names the customer for
half an hour; the portal's access layer reads it. What is shown are the customer's requests that
the colleague may see on the desk, too: an agent learns nothing of other departments.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, cast

from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, clock
from core.keyset import read_moment, to_number
from core.rendering import render_page, wants_fragment, with_flash
from customers.models import Customer
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.permissions import tickets_of_customer

KEY = "viewing"
SALT = "portal.viewing"
LASTS = timedelta(minutes=30)
SAFE = frozenset(["GET", "HEAD", "OPTIONS"])

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Viewing:
    """A colleague who looks on: through whose eyes."""

    staff: User
    customer: Customer


def begin_viewing(request: HttpRequest, customer: Customer, *, now: datetime) -> None:
    """Let the colleague see the portal as this customer until half an hour from now. Audited."""
    staff, until = cast(User, request.user), now + LASTS
    facts = {"staff": staff.pk, "customer": customer.pk, "until": to_number(until)}
    request.session[KEY] = signing.dumps(facts, salt=SALT)
    audit.record("viewed_as", customer, actor=staff, after={"until": until}, now=now)


def end_viewing(request: HttpRequest, *, now: datetime) -> Customer | None:
    """Look through one's own eyes again; answers whose they were. Audited."""
    viewing = viewing_of(request)
    request.session.pop(KEY, None)
    forget(request)
    if viewing is None:
        return None
    audit.record("viewing_ended", viewing.customer, actor=viewing.staff, now=now)
    return viewing.customer


def viewing_of(request: HttpRequest) -> Viewing | None:
    """Who looks through whose eyes; asked once per request."""
    if not hasattr(request, "_viewing"):
        request._viewing = _read(request)  # type: ignore[attr-defined]  # remembered for this request
    return cast(Viewing | None, request._viewing)  # type: ignore[attr-defined]  # as above


def forget(request: HttpRequest) -> None:
    """Read the mark anew."""
    for name in ("_viewing", "_customer"):
        if hasattr(request, name):
            delattr(request, name)


def seen_tickets(viewing: Viewing) -> TicketQuerySet:
    """What the customer sees, as far as the colleague may see it."""
    return tickets_of_customer(viewing.customer, Ticket.objects.visible_to(viewing.staff))


def read_only(view: View) -> View:
    """A page of the portal that takes nothing from whoever only looks on."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in SAFE or viewing_of(request) is None:
            return view(request, *args, **kwargs)
        words = _("You only look on: nothing can be sent as this customer.")
        context = {"words": words}
        status = HTTPStatus.FORBIDDEN
        response = render_page(request, "portal/read_only.html", context, status=status)
        return with_flash(response, words, level="error") if wants_fragment(request) else response

    return guarded


def _read(request: HttpRequest) -> Viewing | None:
    staff = request.user
    if not isinstance(staff, User) or not staff.is_staff:
        return None
    try:
        facts = signing.loads(request.session.get(KEY, ""), salt=SALT)
    except signing.BadSignature:
        return None
    until = read_moment(str(facts["until"]))
    if facts["staff"] != staff.pk or until is None or until <= clock.now():
        return None
    found = Customer.objects.visible_to(staff).select_related("organisation", "user")
    customer = found.filter(pk=facts["customer"]).first()
    return Viewing(staff, customer) if customer else None
