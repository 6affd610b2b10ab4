"""Giving a ticket to somebody by hand, and why somebody was given it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from automation.assigning.pages import decisions_of, waiting_words
from automation.assigning.pool import fullness_of
from core import clock
from core.rendering import render_page, see_other
from desk.access import ticket_or_404
from desk.forms import AssigneeForm
from desk.links import ticket_url
from desk.views.properties import ticket_property
from tickets.models import Ticket


@require_http_methods(["GET", "HEAD", "POST"])
def ticket_assignment(request: HttpRequest, number: int) -> HttpResponse:
    """Set the assignee; beyond what they may have only once that is confirmed (R74)."""
    ticket = ticket_or_404(request, number)
    if request.method != "POST":
        return _confirmation(request, ticket)
    form = AssigneeForm(request.POST, ticket=ticket)
    chosen = form.cleaned_data["assignee"] if form.is_valid() else None
    if chosen is not None and "confirmed" not in request.POST and _is_too_much(ticket, chosen):
        view = request.POST.get("view", "")
        query = {"assignee": str(chosen.pk), **({"view": view} if view else {})}
        return see_other(request, ticket_url(number, part="assignment", **query))
    return ticket_property(request, number, name="assignment")


@require_safe
def why_agent(request: HttpRequest, number: int) -> HttpResponse:
    """Every decision about who gets the ticket, and whom it weighed (rules.md 6)."""
    ticket = ticket_or_404(request, number)
    context = {
        "ticket": ticket,
        "base_url": ticket_url(number),
        "waiting": waiting_words(ticket, now=clock.now()),
        "decisions": decisions_of(ticket),
    }
    return render_page(request, "desk/ticket_agent.html", context, fragment="reasons")


def _is_too_much(ticket: Ticket, chosen: User) -> bool:
    """Whether this would be one more than the cap; who has the ticket gets none."""
    if chosen.pk == ticket.assignee_id:
        return False
    return fullness_of(chosen, department_id=ticket.department_id).is_full


def _confirmation(request: HttpRequest, ticket: Ticket) -> HttpResponse:
    """ "Mike has 10 of 10 tickets. Assign anyway?"; for nobody it is no page."""
    form = AssigneeForm(request.GET, ticket=ticket)
    chosen = form.cleaned_data["assignee"] if form.is_valid() else None
    if chosen is None:
        raise Http404
    fullness = fullness_of(chosen, department_id=ticket.department_id)
    words = _("%(name)s has %(load)d of %(cap)d tickets. Assign anyway?")
    facts = {"name": chosen.display_name, "load": fullness.load, "cap": fullness.cap}
    context = {
        "ticket": ticket,
        "base_url": ticket_url(ticket.number),
        "chosen": chosen,
        "question": words % facts,
        "view": request.GET.get("view", ""),
    }
    return render_page(request, "desk/ticket_assignment.html", context)
