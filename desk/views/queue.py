"""The queue: list, counters, the neighbours of a ticket in its list."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.access import safe_next
from core.keyset import read_moment
from core.rendering import render_page, see_other, wants_fragment
from desk.access import reader, ticket_or_404
from desk.display import keep_display
from desk.links import queue_url, ticket_url
from desk.neighbours import neighbour
from desk.pane import pane_of
from desk.queue import counters, opened_since, view_asked, view_of
from desk.queue_page import queue_page, tabs
from desk.rail import rail_of
from desk.saved import saved_views
from desk.shown_tabs import hidden_views
from tickets.models.saved_view import SAVED


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The list of tickets in the order they need somebody; beside a ticket a narrow one."""
    user, now, name = reader(request), clock.now(), request.GET.get("view", "")
    if "pane" in request.GET and wants_fragment(request):
        return render_page(request, "desk/pane.html", {"pane": pane_of(user, request.GET, now)})
    page = queue_page(user, request.GET, now)
    if name.startswith(SAVED) and not name.startswith(page.view):
        raise Http404
    return render_page(request, "desk/queue.html", {"queue": page}, fragment="list")


@require_safe
def queue_counters(request: HttpRequest) -> HttpResponse:
    """Counters of the views, and how many new tickets the shown list lacks."""
    user, now = reader(request), clock.now()
    view, saved = view_asked(request.GET, user), saved_views(user)
    fresh = view.tickets(user, now)
    context = {
        "tabs": tabs(view, counters(user, now), saved=saved, hidden=hidden_views(user)),
        "new_count": opened_since(fresh, read_moment(request.GET.get("since", ""))),
        "refresh_url": queue_url(view=view.slug),
    }
    return render_page(request, "desk/counters.html", context, fragment="counters")


@require_safe
def rail_numbers(request: HttpRequest) -> HttpResponse:
    """What the rail shows once the page is there: numbers beside its links, saved views."""
    context = {"rail": rail_of(request, reader(request), now=clock.now())}
    return render_page(request, "desk/rail.html", context, fragment="rail")


@require_POST
def queue_display(request: HttpRequest) -> HttpResponse:
    """How this reader wants the list to look."""
    user = reader(request)
    view = view_of(request.POST.get("view", ""), user)
    keep_display(user, view, request.POST)
    return see_other(request, safe_next(request, default=queue_url(view=view.slug)))


@require_safe
def ticket_neighbour(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Leads to the next or previous ticket of the view, or back to the list at its end."""
    user, now = reader(request), clock.now()
    view = view_of(request.GET.get("view", ""), user)
    found = neighbour(ticket_or_404(request, number), view=view, step=step, user=user, now=now)
    if found is None:
        return HttpResponseRedirect(queue_url(view=view.slug))
    return HttpResponseRedirect(ticket_url(found, view=view.slug))
