"""The search page."""

from __future__ import annotations

from http import HTTPStatus

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core import clock
from core.rendering import render_page, see_other
from core.statements import OF_SEARCHES, at_most
from desk.access import reader, visible_tickets
from desk.links import ticket_url
from desk.search import results
from tickets.search import ticket_number


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was found; the exact number of a ticket leads straight to it."""
    user, text = reader(request), request.GET.get("q", "")
    number = ticket_number(text)
    if number is not None and visible_tickets(request).filter(number=number).exists():
        return see_other(request, ticket_url(number))
    try:
        with transaction.atomic(), at_most(OF_SEARCHES):
            found = results(user, text, now=clock.now())
    except OperationalError:
        context = {"search_text": text, "is_too_broad": True}
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return render_page(request, "desk/search.html", context, fragment="results", status=status)
    context = {"found": found, "search_text": text}
    return render_page(request, "desk/search.html", context, fragment="results")
