"""The page on which agents open tickets by hand."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from core import clock
from core.rendering import render_page, see_other
from core.submissions import idempotent
from desk.access import reader, visible_tickets
from desk.aside import mini_ticket
from desk.links import queue_url, ticket_url
from desk.opening import NewTicketForm, opened, similar_tickets
from tickets.custom_fields.opening import names_of_several, typed_initial
from tickets.uploads import has_room


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def ticket_add(request: HttpRequest) -> HttpResponse:
    """A new ticket; one that looks like a duplicate is asked about once."""
    user, now = reader(request), clock.now()
    if request.method != "POST":
        form = NewTicketForm(user=user, initial=request.GET.dict())
        return render_page(request, "desk/ticket_add.html", {"form": form})
    form = NewTicketForm(request.POST, request.FILES, user=user)
    similar = similar_tickets(form) if form.is_valid() and "anyway" not in request.POST else []
    if not form.is_valid() or similar or not has_room(form):
        context = {"form": form, "similar": [mini_ticket(row, now=now) for row in similar]}
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render_page(request, "desk/ticket_add.html", context, fragment="form", status=status)
    ticket = opened(form, now=now)
    messages.success(request, _("Ticket #%(number)s is open.") % {"number": ticket.number})
    is_mine = visible_tickets(request).filter(pk=ticket.pk).exists()
    return see_other(request, ticket_url(ticket.number) if is_mine else queue_url())


@require_POST
def ticket_add_fields(request: HttpRequest) -> HttpResponse:
    """The form for another department or service; nothing is checked, what was typed stays."""
    typed = typed_initial(request.POST, names_of_several())
    form = NewTicketForm(user=reader(request), initial=typed)
    return render_page(request, "desk/ticket_add.html", {"form": form}, fragment="own_fields")
