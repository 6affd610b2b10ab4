"""Who reads a portal page: a customer with an account, in an open portal."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponseBase

from accounts.models import User
from core import options
from core.access import ask_to_sign_in
from core.rendering import render_page
from customers.models import Customer

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def open_portal(view: View[P]) -> View[P]:
    """A page that says so while managers keep the portal closed (R54)."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not options.value("portal.enabled"):
            return render_page(request, "portal/closed.html", {}, status=503)
        return view(request, *args, **kwargs)

    return guarded


def customers_only(view: View[P]) -> View[P]:
    """For customers with an account; others sign in, staff find nothing here."""

    @functools.wraps(view)
    @open_portal
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        if customer_of(request) is None:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def customer_of(request: HttpRequest) -> Customer | None:
    """The customer this account belongs to; asked once per request."""
    user = request.user
    if not isinstance(user, User) or user.is_staff:
        return None
    found: Customer | None = getattr(user, "customer", None)
    return found


def the_customer(request: HttpRequest) -> Customer:
    """The customer on a page that `customers_only` guards."""
    customer = customer_of(request)
    if customer is None:
        raise Http404
    return customer
