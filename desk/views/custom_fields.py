"""Changing a ticket's answers in the company's own fields."""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.rendering import render_page
from desk.access import reader, ticket_or_404
from desk.answers import changed
from desk.custom_fields import TicketAnswersForm, answers_of
from desk.links import ticket_url
from tickets import actions
from tickets.actors import Actor


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_custom_fields(request: HttpRequest, number: int) -> HttpResponse:
    """The answers as a form of their own; a refused one comes back with what was typed."""
    ticket, actor = ticket_or_404(request, number), Actor.of_user(reader(request))
    is_posted = request.method == "POST"
    form = TicketAnswersForm(request.POST if is_posted else None, ticket=ticket)
    if form.is_valid():
        try:
            values = form.changes()
            actions.set_custom_values(ticket, values=values, actor=actor, now=clock.now())
            return changed(request, ticket, _("Saved."))
        except ValidationError as refusal:
            form.add_error(None, refusal)
    context = {"card": answers_of(ticket, form), "base_url": ticket_url(number)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_posted else HTTPStatus.OK
    template = "desk/ticket_custom_fields.html"
    return render_page(request, template, context, fragment="form", status=status)
