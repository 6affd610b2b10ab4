"""Assets: the list, the page of one, its form; and those of a ticket with their warranty."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models.role import Permission
from core import clock
from core.access import permission_required
from core.rendering import render_page, see_other
from core.submissions import idempotent
from core.text import is_key
from customers.models import Asset
from desk.access import reader, ticket_or_404
from desk.answers import changed
from desk.asset_forms import AssetForm
from desk.assets import asset_page, assets_page
from desk.links import assets_url, ticket_url
from desk.warranty_check import check_warranty
from tickets import actions
from tickets.actors import Actor

FORM_METHODS = ["GET", "HEAD", "POST"]


@require_safe
def assets(request: HttpRequest) -> HttpResponse:
    """Assets in use, the latest first; or those whose cover ends soon, or those out of use."""
    page = assets_page(reader(request), request.GET, now=clock.now())
    return render_page(request, "desk/assets.html", {"page": page}, fragment="list")


@require_safe
def asset(request: HttpRequest, pk: int) -> HttpResponse:
    """One piece and what happened to it."""
    page = asset_page(asset_or_404(request, pk), reader(request), now=clock.now())
    return render_page(request, "desk/asset.html", {"page": page})


@permission_required(Permission.CUSTOMERS_CHANGE)
@require_http_methods(FORM_METHODS)
@idempotent
def asset_add(request: HttpRequest) -> HttpResponse:
    """Enter a piece."""
    asked = {"customer_email": request.GET.get("customer", "")}
    is_posted = request.method == "POST"
    form = AssetForm(request.POST if is_posted else None, initial=asked)
    return _saved(request, form) or _form_page(request, form)


@permission_required(Permission.CUSTOMERS_CHANGE)
@require_http_methods(FORM_METHODS)
@idempotent
def asset_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is known of a piece, or put it out of use."""
    is_posted = request.method == "POST"
    form = AssetForm(request.POST if is_posted else None, asset=asset_or_404(request, pk))
    return _saved(request, form) or _form_page(request, form)


@require_safe
def ticket_warranty(request: HttpRequest, number: int) -> HttpResponse:
    """Which piece has this serial number, and whether it is covered."""
    ticket, serial = ticket_or_404(request, number), request.GET.get("serial", "")
    check = check_warranty(serial, ticket, reader(request), now=clock.now())
    context = {"check": check, "number": f"#{number}", "back_url": ticket_url(number)}
    return render_page(request, "desk/warranty_check.html", context, fragment="answer")


@require_POST
def ticket_assets(request: HttpRequest, number: int) -> HttpResponse:
    """The ticket is about this piece."""
    ticket, chosen = ticket_or_404(request, number), request.POST.get("asset", "")
    found = asset_or_404(request, int(chosen) if is_key(chosen) else 0)
    actor = Actor.of_user(reader(request))
    actions.link_asset(ticket, asset=found, actor=actor, now=clock.now())
    return changed(request, ticket, _("Added to the ticket."))


@require_POST
def ticket_asset_removal(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """The ticket is not about this piece."""
    ticket, actor = ticket_or_404(request, number), Actor.of_user(reader(request))
    linked = Asset.objects.filter(ticket_links__ticket=ticket).select_related("product")
    found = get_object_or_404(linked, pk=pk)
    actions.unlink_asset(ticket, asset=found, actor=actor, now=clock.now())
    return changed(request, ticket, _("Removed from the ticket."))


def asset_or_404(request: HttpRequest, pk: int) -> Asset:
    """An asset with its product and owner."""
    return get_object_or_404(Asset.objects.visible_to(reader(request)).fully_read(), pk=pk)


def _saved(request: HttpRequest, form: AssetForm) -> HttpResponse | None:
    """The page of the saved piece; None leaves why not on the form."""
    saved = form.save_asset(actor=reader(request), now=clock.now()) if form.is_bound else None
    if saved is None:
        return None
    messages.success(request, _("Saved."))
    return see_other(request, assets_url(saved.pk))


def _form_page(request: HttpRequest, form: AssetForm) -> HttpResponse:
    known = form.asset
    context = {
        "form": form,
        "title": _("Change the asset") if known else _("New asset"),
        "back_url": assets_url(known.pk) if known else assets_url(),
    }
    return render_page(request, "desk/asset_form.html", context, status=form.status)
