"""The search page."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.db import OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.models import User
from core import clock
from core.rendering import render_page, see_other
from core.statements import OF_SEARCHES, at_most
from desk.access import reader, visible_tickets
from desk.links import ticket_url
from desk.search import Results, results
from tickets.search import ticket_number


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What was found; the exact number of a ticket leads straight to it."""
    user, text = reader(request), request.GET.get("q", "")
    number = ticket_number(text)
    if number is not None and visible_tickets(request).filter(number=number).exists():
        return see_other(request, ticket_url(number))
    found = _in_time(request, user, now=clock.now())
    context = {"found": found, "search_text": text, "is_too_broad": found is None}
    status = HTTPStatus.OK if found else HTTPStatus.SERVICE_UNAVAILABLE
    return render_page(request, "desk/search.html", context, fragment="results", status=status)


def _in_time(request: HttpRequest, user: User, *, now: datetime) -> Results | None:
    """Among all tickets, or else among the newest; None when even that takes too long."""
    for is_narrowed in (False, True):
        try:
            with transaction.atomic(), at_most(OF_SEARCHES):
                return results(user, request.GET, now=now, is_narrowed=is_narrowed)
        except OperationalError:
            continue
    return None
