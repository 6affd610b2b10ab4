"""The queue: list, counters, the neighbours of a ticket in its list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from core import clock
from core.keyset import read_moment
from core.rendering import render_page
from desk.access import reader, ticket_or_404
from desk.links import queue_url, ticket_url
from desk.neighbours import neighbour
from desk.queue import counters, opened_since, view_of
from desk.queue_page import listed_tickets, queue_page, tabs


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The list of tickets in the order they need somebody."""
    page = queue_page(reader(request), request.GET, clock.now())
    return render_page(request, "desk/queue.html", {"queue": page}, fragment="list")


@require_safe
def queue_counters(request: HttpRequest) -> HttpResponse:
    """Counters of the views, and how many new tickets the shown list lacks."""
    user, now, view = reader(request), clock.now(), view_of(request.GET.get("view", ""))
    fresh = listed_tickets(user, request.GET, now)
    context = {
        "tabs": tabs(view, counters(user, now)),
        "new_count": opened_since(fresh, read_moment(request.GET.get("since", ""))),
        "refresh_url": queue_url(view=view.slug),
    }
    return render_page(request, "desk/counters.html", context, fragment="counters")


@require_safe
def ticket_neighbour(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Leads to the next or previous ticket of the view, or back to the list at its end."""
    user, now = reader(request), clock.now()
    view = view_of(request.GET.get("view", ""))
    found = neighbour(ticket_or_404(request, number), view=view, step=step, user=user, now=now)
    if found is None:
        return HttpResponseRedirect(queue_url(view=view.slug))
    return HttpResponseRedirect(ticket_url(found, view=view.slug))
