"""Splitting: choose messages, name the new ticket."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.rendering import render_page, see_other
from core.submissions import idempotent
from core.text import is_key
from desk.access import reader, ticket_or_404
from desk.links import ticket_url
from desk.splitting import SplitForm, from_here, pieces_of, tried
from tickets.models import Ticket


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def ticket_split(request: HttpRequest, number: int) -> HttpResponse:
    """The page; a refusal keeps what was chosen and typed."""
    ticket, now, is_posted = ticket_or_404(request, number), clock.now(), request.method == "POST"
    form = SplitForm(request.POST if is_posted else None, ticket=ticket)
    chosen = _ids(request.POST, "message") if is_posted else _preset(request, ticket)
    if is_posted and form.is_valid():
        fresh = tried(ticket, form, chosen, user=reader(request), now=now)
        if fresh is not None:
            messages.success(request, _("This is the new ticket."))
            return see_other(request, ticket_url(fresh.number))
    context = {
        "form": form,
        "pieces": pieces_of(ticket, chosen, now=now),
        "number": f"#{number}",
        "url": ticket_url(number, part="split"),
        "back_url": ticket_url(number),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_posted else HTTPStatus.OK
    return render_page(request, "desk/split.html", context, status=status)


def _preset(request: HttpRequest, ticket: Ticket) -> set[int]:
    """The message whose menu said "split from here", and what follows it."""
    start = min(_ids(request.GET, "from"), default=None)
    return set() if start is None else from_here(ticket, start)


def _ids(asked: QueryDict, name: str) -> set[int]:
    given = asked.getlist(name)
    return {int(pk) for pk in given if is_key(pk)}
