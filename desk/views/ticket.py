"""The ticket page, its pulse, and the two texts at its head."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import clock
from core.rendering import render_page, with_event
from desk.access import reader, visible_tickets
from desk.links import ticket_url
from desk.presence import be_present
from desk.pulse import news_of
from desk.ticket_page import TicketPage, loaded_ticket
from tickets.models import Ticket

# What htmx swaps names the part it wants; everything else is the whole page.
_PARTS = {"ticket-head": "head", "thread": "thread", "composer": "composer", "waiting": "waiting"}


@require_safe
def ticket(request: HttpRequest, number: int) -> HttpResponse:
    """One ticket with its thread; a merged one leads to its survivor."""
    found = loaded_ticket(request, number)
    if found.merged_into_id is not None:
        return _lead_on(request, found)
    be_present(found, reader(request))
    page = TicketPage(request, found, now=clock.now())
    part = _PARTS.get(request.headers.get("HX-Target", ""), "")
    return render_page(request, "desk/ticket.html", {"page": page}, fragment=part)


@require_safe
def ticket_pulse(request: HttpRequest, number: int) -> HttpResponse:
    """204 while nothing has changed; else who is here, and an event that lets the parts reload."""
    found = loaded_ticket(request, number, to_write=False)
    be_present(found, reader(request))
    page = TicketPage(request, found, now=clock.now())
    news = news_of(page, request.GET)
    if news is None:
        return HttpResponse(status=204)
    response = render_page(request, "desk/pulse.html", {"page": page}, fragment="pulse")
    if news.is_changed:
        with_event(response, "hd:ticket-changed", number=number)
    return with_event(response, "hd:say", value=news.words) if news.words else response


def _lead_on(request: HttpRequest, merged: Ticket) -> HttpResponse:
    survivor = get_object_or_404(visible_tickets(request), pk=merged.merged_into_id)
    messages.info(
        request, _("#%(number)s was merged into this ticket.") % {"number": merged.number}
    )
    return HttpResponsePermanentRedirect(ticket_url(survivor.number))
