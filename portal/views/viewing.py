"""Beginning and ending to see the portal as a customer (R180)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.views.me import me
from core import clock
from core.access import staff_required
from core.rendering import see_other
from customers.models import Customer
from portal.access import open_portal
from portal.viewing import begin_viewing, end_viewing


@require_POST
@staff_required
@open_portal
def viewing(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Begin; whoever looked on before looks through these eyes now."""
    customer = get_object_or_404(Customer.objects.visible_to(me(request)), pk=pk)
    begin_viewing(request, customer, now=clock.now())
    return see_other(request, reverse("portal:home"))


@require_POST
@staff_required
def viewing_removal(request: HttpRequest) -> HttpResponseBase:
    """End, and back to the customer file."""
    customer = end_viewing(request, now=clock.now())
    if customer is None:
        return see_other(request, reverse("desk:home"))
    messages.success(request, _("You see your own pages again."))
    return see_other(request, reverse("desk:client", args=[customer.pk]))
