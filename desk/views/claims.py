"""Warranty claims: the list, the page of one, a new one and a visit from the ticket."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.rendering import render_page, see_other
from core.submissions import idempotent
from core.text import is_key
from customers.models import Asset
from desk.access import reader, ticket_or_404
from desk.asset_forms import ClaimForm, NewClaimForm, VisitForm, started_claim
from desk.claims import claim_page, claims_page
from desk.links import claims_url
from desk.views.steps import Step, take_step, typed
from tickets.actors import Actor
from tickets.models import WarrantyClaim

FORM_METHODS = ["GET", "HEAD", "POST"]
NEW_CLAIM = Step(
    NewClaimForm,
    "claims",
    gettext_lazy("New warranty claim"),
    gettext_lazy("Make the claim"),
    gettext_lazy("The claim is made."),
)


@require_safe
def claims(request: HttpRequest) -> HttpResponse:
    """Claims by state, the latest first."""
    page = claims_page(reader(request), request.GET)
    return render_page(request, "desk/claims.html", {"page": page}, fragment="list")


@require_http_methods(FORM_METHODS)
@idempotent
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """One claim and what is written down of it; the buttons also take it to its next state."""
    found = _claim_or_404(request, pk)
    form = ClaimForm(typed(request), claim=found)
    actor = Actor.of_user(reader(request))
    if form.is_bound and form.save_claim(actor=actor, now=clock.now()):
        messages.success(request, _("Saved."))
        return see_other(request, claims_url(pk))
    context = {"page": claim_page(found), "form": form}
    return render_page(request, "desk/claim.html", context, status=form.status)


@require_http_methods(FORM_METHODS)
@idempotent
def ticket_claims(request: HttpRequest, number: int) -> HttpResponse:
    """Make a claim for a piece of the customer."""
    ticket, user = ticket_or_404(request, number), reader(request)
    chosen, serial = request.GET.get("asset", ""), request.GET.get("serial", "")[:80]
    rows = Asset.objects.visible_to(user)
    asset = rows.filter(pk=int(chosen)).first() if is_key(chosen) else None
    initial = {"serial": serial, **started_claim(asset)}
    form = NewClaimForm(typed(request), ticket=ticket, user=user, initial=initial)
    return take_step(request, form, NEW_CLAIM)


@require_http_methods(FORM_METHODS)
@idempotent
def claim_visit(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Plan a visit for a claim."""
    ticket, user = ticket_or_404(request, number), reader(request)
    rows = ticket.claims.select_related("ticket", "service_person")
    form = VisitForm(typed(request), ticket=ticket, user=user, claim=get_object_or_404(rows, pk=pk))
    title, done = _("Plan a visit"), _("The visit is planned.")
    template = "desk/appointment_form.html"
    step = Step(VisitForm, f"claims/{pk}/visit", title, _("Plan it"), done, template)
    return take_step(request, form, step)


def _claim_or_404(request: HttpRequest, pk: int) -> WarrantyClaim:
    rows = WarrantyClaim.objects.visible_to(reader(request)).select_related(
        "ticket__department", "ticket__customer", "asset__product", "service_person", "visit"
    )
    return get_object_or_404(rows, pk=pk)
