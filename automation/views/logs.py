"""`/admin/logs/assignment`: what rules did, and why (R83)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from automation import run_pages
from automation.models import RuleKind, RuleRun
from automation.run_filters import RunFilters
from automation.tables import PERMISSION
from core.access import permission_required
from core.rendering import render_page


@permission_required(PERMISSION)
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """All runs, newest first, narrowed by kind, outcome, rule, agent and ticket."""
    filters = RunFilters.read(request.GET.dict())
    context = {
        "page": run_pages.run_list(filters, request.GET),
        "filters": filters,
        "kinds": RuleKind.choices,
        "outcomes": RuleRun.Outcome.choices,
        "rules": run_pages.rule_choices(),
        "agents": run_pages.agent_choices(),
    }
    return render_page(request, "automation/runs.html", context, fragment="list")


@permission_required(PERMISSION)
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: every rule with its conditions, every effect with its state."""
    found = get_object_or_404(RuleRun.objects.select_related("ticket", "version"), pk=pk)
    return render_page(request, "automation/run.html", {"view": run_pages.run_view(found)})
