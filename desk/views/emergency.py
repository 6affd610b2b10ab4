"""An emergency on a ticket: call who is on call, start, reach and call off milestones."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from automation.models import Milestone
from automation.on_call.milestones import drop_milestones, reach, start_milestones
from automation.on_call.paging import page
from core import clock
from desk.access import reader, ticket_or_404
from desk.answers import changed, refused
from desk.emergency import CallForm, MilestonesForm


@require_POST
def ticket_milestones(request: HttpRequest, number: int) -> HttpResponse:
    """Start a protocol; what runs already goes on."""
    ticket, form = ticket_or_404(request, number), MilestonesForm(request.POST)
    if not form.is_valid():
        return refused(request, ticket, _("Choose milestones from the list."))
    chosen = form.cleaned_data["milestone_set"]
    if not start_milestones(ticket, milestone_set=chosen, now=clock.now()):
        return refused(request, ticket, _("Nothing was started: it runs, or the ticket is done."))
    return changed(request, ticket, _("The milestones run."))


@require_POST
def milestones_removal(request: HttpRequest, number: int) -> HttpResponse:
    """Call the protocol off."""
    ticket = ticket_or_404(request, number)
    drop_milestones(ticket, now=clock.now())
    return changed(request, ticket, _("The milestones were called off."))


@require_POST
def milestone_completion(request: HttpRequest, number: int, pk: int) -> HttpResponse:
    """It is done; twice is once."""
    ticket = ticket_or_404(request, number)
    row = get_object_or_404(Milestone.objects.select_related("ticket"), pk=pk, ticket=ticket)
    reach(row, user=reader(request), now=clock.now())
    return changed(request, ticket, _("Saved."))


@require_POST
def ticket_call(request: HttpRequest, number: int) -> HttpResponse:
    """Page who is on call; an open page for the same cause is not doubled."""
    ticket, form = ticket_or_404(request, number), CallForm(request.POST)
    if not form.is_valid():
        return refused(request, ticket, _("Choose whom to call, and say what for."))
    facts, key = form.cleaned_data, f"by-hand:{uuid.uuid4()}"
    row = page(ticket, **facts, key=key, now=clock.now())
    words = _("Called.") if row.key == key else _("Somebody is called for this already.")
    return changed(request, ticket, words)
