"""Where the time of a ticket went, and what managers decide about its deadlines."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.access import permission_required
from core.rendering import render_page, see_other
from desk.access import reader, ticket_or_404
from desk.time_forms import FORMS, DecisionForm
from desk.time_page import TimePage
from sla.models import SlaClock
from sla.permissions import DECIDES
from tickets.models import Ticket

TEMPLATE = "desk/ticket_time.html"


@require_safe
def ticket_time(request: HttpRequest, number: int) -> HttpResponse:
    """The bar, the deadlines and their accounts; htmx gets the sentences for the side panel."""
    page = TimePage(ticket_or_404(request, number), user=reader(request), now=clock.now())
    return render_page(request, TEMPLATE, {"page": page}, fragment="reasons")


@permission_required(DECIDES)
@require_POST
def ticket_decision(request: HttpRequest, number: int, decision: str) -> HttpResponse:
    """Exclude a ticket, bring it back, or choose its policy."""
    ticket = ticket_or_404(request, number)
    return _decided(request, ticket, FORMS[decision](request.POST, ticket=ticket))


@permission_required(DECIDES)
@require_POST
def clock_decision(request: HttpRequest, number: int, pk: int, decision: str) -> HttpResponse:
    """Excuse a missed deadline, or count a clock again in corrected hours."""
    ticket = ticket_or_404(request, number)
    row = get_object_or_404(SlaClock.objects.select_related("ticket"), pk=pk, ticket=ticket)
    return _decided(request, ticket, FORMS[decision](request.POST, ticket=ticket, clock=row))


def _decided(request: HttpRequest, ticket: Ticket, form: DecisionForm) -> HttpResponse:
    page = TimePage(ticket, user=reader(request), now=clock.now())
    if form.is_valid():
        try:
            form.decide(actor=page.user, now=page.now)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved."))
            return see_other(request, page.url)
    page.refused = form
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render_page(request, TEMPLATE, {"page": page}, status=status)
