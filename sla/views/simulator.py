"""The simulator: a creation time and a priority in, due times and counted hours out."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core import clock
from core.access import permission_required
from core.rendering import render_page
from sla.simulator import foretell
from sla.simulator_forms import SimulatorForm
from sla.simulator_pages import answer
from sla.tables import policies
from sla.versions import rules_for, stored_calendars, version_in_force


@permission_required(policies.permission)
@require_http_methods(["GET", "HEAD"])
def show(request: HttpRequest) -> HttpResponse:
    """The question as a GET form, and its answer once it is complete."""
    rules = rules_for(version_in_force(now=clock.now()))
    form = SimulatorForm(request.GET, rules=rules)
    found = None
    if form.is_valid():
        question = form.question()
        found = answer(foretell(question, rules, stored_calendars), question)
    context = {"form": form, "answer": found, "zone": timezone.get_current_timezone_name()}
    status = 422 if form.is_bound and form.errors else 200
    return render_page(request, "sla/simulator.html", context, status=status)
