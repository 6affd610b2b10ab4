"""Parts of a ticket, incidents, and what all their customers are told."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.rendering import render_page, see_other
from core.submissions import idempotent
from desk.access import reader, ticket_or_404, visible_tickets
from desk.answers import changed, refused
from desk.linking import IncidentPage, PartsForm, UpdateForm, incident_page
from desk.links import ticket_url
from tickets import actions
from tickets.actors import Actor
from tickets.incidents import parts_of
from tickets.search import ticket_number

TEMPLATE = "desk/incident.html"


@require_safe
def ticket_incident(request: HttpRequest, number: int) -> HttpResponse:
    """What belongs to this ticket, and what its customers were told."""
    ticket = ticket_or_404(request, number)
    page = incident_page(ticket, user=reader(request), now=clock.now())
    context = {"page": page, "is_closing": "closing" in request.GET}
    return render_page(request, TEMPLATE, context)


@require_POST
@idempotent
def ticket_parts(request: HttpRequest, number: int) -> HttpResponse:
    """Make the given tickets parts of this one."""
    ticket, user, now = ticket_or_404(request, number), reader(request), clock.now()
    form = PartsForm(request.POST, tickets=visible_tickets(request))
    if form.is_valid():
        children, actor = form.cleaned_data["numbers"], Actor.of_user(user)
        try:
            actions.add_parts(ticket, children=children, actor=actor, now=now)
        except ValidationError as refusal:
            form.add_error("numbers", refusal)
        else:
            messages.success(request, _("Added."))
            return see_other(request, ticket_url(number, part="incident"))
    return _kept(request, incident_page(ticket, user=user, now=now, parts_form=form))


@require_POST
def part_removal(request: HttpRequest, number: int) -> HttpResponse:
    """A part stands for itself again."""
    ticket = ticket_or_404(request, number)
    wanted = ticket_number(request.POST.get("part", "")) or 0
    parts = parts_of(ticket).visible_to(reader(request))
    child = get_object_or_404(parts, number=wanted)
    actions.remove_part(child, actor=Actor.of_user(reader(request)), now=clock.now())
    messages.success(request, _("#%(number)s stands for itself again.") % {"number": wanted})
    return see_other(request, ticket_url(number, part="incident"))


@require_POST
def incident_declaration(request: HttpRequest, number: int, step: str) -> HttpResponse:
    """Many customers are affected, or not any more."""
    ticket, actor = ticket_or_404(request, number), Actor.of_user(reader(request))
    try:
        actions.mark_incident(ticket, is_on=step == "on", actor=actor, now=clock.now())
    except ValidationError as refusal:
        return refused(request, ticket, " ".join(refusal.messages))
    words = _("This is an incident.") if step == "on" else _("This is no incident.")
    return changed(request, ticket, words)


@require_POST
@idempotent
def incident_updates(request: HttpRequest, number: int) -> HttpResponse:
    """One text to every customer affected; `closes` also closes their tickets and this one."""
    ticket, user, now = ticket_or_404(request, number), reader(request), clock.now()
    form, closes = UpdateForm(request.POST), request.POST.get("how") == "close"
    if form.is_valid():
        text, actor = form.cleaned_data["text"], Actor.of_user(user)
        try:
            actions.tell_parts(ticket, text=text, closes=closes, actor=actor, now=now)
        except ValidationError as refusal:
            form.add_error("text", refusal)
        else:
            messages.success(request, _("It is on its way to everybody affected."))
            return see_other(request, ticket_url(number, part="incident"))
    return _kept(request, incident_page(ticket, user=user, now=now, update_form=form))


def _kept(request: HttpRequest, page: IncidentPage) -> HttpResponse:
    """The page again, with what was typed and why it was refused."""
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    return render_page(request, TEMPLATE, {"page": page}, status=status)
