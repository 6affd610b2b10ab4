"""What rules did to a ticket."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from automation.run_pages import runs_of_ticket
from automation.tables import PERMISSION
from core.rendering import render_page
from desk.access import reader, ticket_or_404


@require_safe
def ticket_rules(request: HttpRequest, number: int) -> HttpResponse:
    """Runs that did something here, the newest first; managers may look into each."""
    ticket = ticket_or_404(request, number)
    context = {
        "ticket": ticket,
        "runs": runs_of_ticket(ticket.pk),
        "sees_runs": reader(request).may(PERMISSION),
    }
    return render_page(request, "desk/ticket_rules.html", context, fragment="rules")
