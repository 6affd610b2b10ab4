"""Saying that one is on an escalation."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from automation.escalating import acknowledge_escalation
from automation.models import Escalation
from core import clock
from desk.access import reader, ticket_or_404
from desk.answers import changed


@require_POST
def escalation_acknowledgement(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """Reminders of this level cease; the first to say so counts."""
    ticket = ticket_or_404(request, number)
    row = get_object_or_404(Escalation.objects.select_related("ticket"), pk=pk, ticket=ticket)
    acknowledge_escalation(row, user=reader(request), now=clock.now())
    return changed(request, ticket, _("You are on it."))
