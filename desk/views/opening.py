"""The page on which agents open tickets by hand."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.rendering import render_page, see_other
from core.submissions import idempotent
from desk.access import reader, visible_tickets
from desk.aside import mini_ticket
from desk.links import queue_url, ticket_url
from desk.opening import NewTicketForm, opened, similar_tickets
from desk.opening_replies import (
    form_facts,
    insertion_into,
    offered_for,
    open_words,
    reply_for,
    typed_again,
    with_reply,
)
from tickets.uploads import has_room


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def ticket_add(request: HttpRequest) -> HttpResponse:
    """A new ticket; one that looks like a duplicate is asked about once."""
    user, now = reader(request), clock.now()
    if request.method != "POST":
        form = NewTicketForm(user=user, initial=request.GET.dict())
        return render_page(request, "desk/ticket_add.html", form_facts(form, request.GET))
    form = NewTicketForm(request.POST, request.FILES, user=user)
    similar = similar_tickets(form) if form.is_valid() and "anyway" not in request.POST else []
    if not form.is_valid() or similar or not has_room(form):
        alike = [mini_ticket(row, now=now) for row in similar]
        context = {**form_facts(form, request.POST), "similar": alike}
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render_page(request, "desk/ticket_add.html", context, fragment="form", status=status)
    ticket = opened(form, now=now)
    messages.success(request, _("Ticket #%(number)s is open.") % {"number": ticket.number})
    is_mine = visible_tickets(request).filter(pk=ticket.pk).exists()
    return see_other(request, ticket_url(ticket.number) if is_mine else queue_url())


@require_POST
def ticket_add_fields(request: HttpRequest) -> HttpResponse:
    """The form for another department or service; nothing is checked, what was typed stays."""
    form = typed_again(request.POST, user=reader(request))
    context = form_facts(form, request.POST)
    return render_page(request, "desk/ticket_add.html", context, fragment="own_fields")


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_add_replies(request: HttpRequest) -> HttpResponse:
    """What fits the typed word in the chosen department; without a script a page with the form."""
    page = offered_for(_typed(request), user=reader(request), now=clock.now())
    return render_page(request, "desk/replies.html", {"page": page}, fragment="options")


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_add_reply(request: HttpRequest, pk: int) -> HttpResponse:
    """One reply filled in as far as the form tells; a POST without a script puts it in there."""
    user, now = reader(request), clock.now()
    told = reply_for(_typed(request), pk, user=user, now=now)
    if told is None:
        raise Http404
    if request.method != "POST":
        return JsonResponse(insertion_into(request.GET, told))
    if words := open_words(told):
        messages.info(request, words)
    posted = with_reply(request.POST, told)
    context = form_facts(typed_again(posted, user=user), posted)
    return render_page(request, "desk/ticket_add.html", context)


def _typed(request: HttpRequest) -> QueryDict:
    return request.POST if request.method == "POST" else request.GET
