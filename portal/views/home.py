"""The portal's first page, and what customers set about themselves."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actions import change_profile
from accounts.models import User
from core.rendering import render_page
from portal.access import customer_of, customers_only, open_portal, the_customer
from portal.forms import ProfileForm
from portal.requests import Wanted, listing, shares
from tickets.vocabulary import departments

SHOWN = 3


@require_safe
@open_portal
def home(request: HttpRequest) -> HttpResponseBase:
    """Own requests first, then the topics to write about."""
    customer = customer_of(request)
    context: dict[str, object] = {
        "topics": [row for row in departments() if row.is_portal_visible],
        "customer": customer,
    }
    if customer is not None and isinstance(request.user, User):
        context["listing"] = listing(request.user, customer, Wanted(), size=SHOWN)
    return render_page(request, "portal/home.html", context)


@require_http_methods(["GET", "POST"])
@customers_only
def profile(request: HttpRequest) -> HttpResponseBase:
    """Name, language, zone, theme; password and sessions are a link away."""
    user = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        change_profile(user, changes=form.cleaned_data)
        messages.success(request, _("Saved"))
        return redirect("portal:profile")
    status = 422 if form.errors else 200
    return render_page(request, "portal/profile.html", {"form": form}, status=status)


@require_safe
@customers_only
def company(request: HttpRequest) -> HttpResponseBase:
    """The organisation's people, and whether they see each other's requests."""
    customer = the_customer(request)
    organisation = customer.organisation
    people = [] if organisation is None else organisation.customers.active().order_by("name")[:200]
    context = {"organisation": organisation, "people": people, "shares": shares(customer)}
    return render_page(request, "portal/company.html", context)
