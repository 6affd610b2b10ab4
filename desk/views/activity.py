"""What happened to a ticket as a list, and the ticket on paper."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core import clock
from core.rendering import render_page
from desk.access import reader, ticket_or_404
from desk.activity import activity_of
from desk.print_page import print_page


@require_safe
def ticket_activity(request: HttpRequest, number: int) -> HttpResponse:
    """The whole history, the newest first, by what happened and who did it."""
    ticket = ticket_or_404(request, number)
    page = activity_of(ticket, user=reader(request), asked=request.GET, now=clock.now())
    return render_page(request, "desk/ticket_activity.html", {"page": page})


@require_safe
def ticket_print(request: HttpRequest, number: int) -> HttpResponse:
    """The messages without the desk around them; notes only when asked for."""
    ticket = ticket_or_404(request, number)
    has_internal = request.GET.get("internal") == "1"
    page = print_page(ticket, has_internal=has_internal, now=clock.now())
    return render_page(request, "desk/ticket_print.html", {"page": page})
