"""The portal's first page, and what customers set about themselves."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import change_profile
from accounts.models import User
from core import clock
from core.rendering import render_page, see_other
from core.submissions import idempotent
from customers.models import Customer
from notifications.announcements import for_customers
from portal.access import (
    account_of,
    customer_of,
    customers_only,
    open_portal,
    the_customer,
    visible_tickets,
)
from portal.answers import posted
from portal.expectation import usual_wait
from portal.forms import ProfileForm, RequestForm
from portal.requests import Wanted, listing, shares
from portal.topics import preset, topics

SHOWN = 3
MOST_PEOPLE = 200


@require_safe
@open_portal
def home(request: HttpRequest) -> HttpResponse:
    """The newest open requests, then the topics to write about."""
    customer, now = customer_of(request), clock.now()
    context: dict[str, object] = {
        "announcements": for_customers(now),
        "topics": topics(),
        "wait": usual_wait(now=now),
    }
    if customer is not None:
        own = listing(visible_tickets(request), customer, Wanted(), now=now, size=SHOWN)
        context |= {"customer": customer, "listing": own, "form": RequestForm(initial=preset({}))}
    return render_page(request, "portal/home.html", context)


@require_http_methods(["GET", "POST"])
@customers_only
@idempotent
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language, zone, theme; password and sessions are a link away."""
    user = User.objects.get(pk=account_of(request).pk)
    form = ProfileForm(posted(request)[0], instance=user)
    if request.method == "POST" and form.is_valid():
        change_profile(user, changes=form.cleaned_data)
        messages.success(request, _("Saved"))
        return see_other(request, request.path)
    context = {"form": form, "customer": the_customer(request)}
    return render_page(request, "portal/profile.html", context, status=422 if form.errors else 200)


@require_safe
@customers_only
def company(request: HttpRequest) -> HttpResponse:
    """The organisation's people, and whether they see each other's requests."""
    customer = the_customer(request)
    organisation = customer.organisation
    # Only those with an account: anybody can write from a made-up address of the same domain.
    people = Customer.objects.active().filter(organisation=organisation, user__isnull=False)
    context = {
        "organisation": organisation,
        "people": people.order_by("name", "pk")[:MOST_PEOPLE] if organisation else [],
        "shares": shares(customer),
    }
    return render_page(request, "portal/company.html", context)
