"""What the desk answers after a change: news for htmx, a redirect for plain forms."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django_htmx.http import trigger_client_event

from core import clock
from core.rendering import render_page, see_other, wants_fragment, with_flash
from desk.access import reader, visible_tickets
from desk.links import queue_url, ticket_url
from desk.queue import view_of
from desk.ticket_page import TicketPage, loaded_ticket
from tickets.models import Ticket


def changed(request: HttpRequest, ticket: Ticket, words: str) -> HttpResponse:
    """The ticket changed: its parts reload themselves, or the page is shown anew.

    A ticket the reader can't see any more (moved, deleted) leads to the list.
    """
    view = view_of(request.POST.get("view", ""), reader(request)).slug
    if not visible_tickets(request).filter(pk=ticket.pk).exists():
        messages.success(request, words)
        return see_other(request, queue_url(view=view))
    if wants_fragment(request):
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        trigger_client_event(response, "hd:ticket-changed", {"number": ticket.number})
        return with_flash(response, words)
    messages.success(request, words)
    return see_other(request, ticket_url(ticket.number, view=view))


def emptied(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer to a form that stood in the page for one step: its place is empty again."""
    if wants_fragment(request) and response.status_code == HTTPStatus.NO_CONTENT:
        response.status_code = HTTPStatus.OK
    return response


def refused(request: HttpRequest, ticket: Ticket, words: str) -> HttpResponse:
    """Nothing changed: the reason as a toast, or above the properties of the page."""
    if wants_fragment(request):
        response = HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY)
        trigger_client_event(response, "hd:ticket-changed", {"number": ticket.number})
        return with_flash(response, words, level="error")
    page = TicketPage(request, loaded_ticket(request, ticket.number), now=clock.now())
    page.error = words
    return render_page(
        request, "desk/ticket.html", {"page": page}, status=HTTPStatus.UNPROCESSABLE_ENTITY
    )
