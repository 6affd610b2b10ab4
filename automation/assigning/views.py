"""`/admin/routing`: how departments give out tickets, who sits where, what waits (R72-R74)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Department
from automation.assigning import pages
from automation.assigning.fairness import HEADINGS, csv_rows, fairness
from automation.assigning.fairness_forms import FairnessForm
from automation.assigning.forms import PlanForm, SeatForm, seat_forms
from automation.assigning.giving import give_out_all
from automation.assigning.planning import save_plan, save_seats
from automation.models import RoutingPlan
from automation.tables import PERMISSION
from core import audit, clock
from core.access import permission_required
from core.exports import csv_response
from core.rendering import render_page, see_other


@permission_required(PERMISSION)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every department with its method, its seats and what waits."""
    lines = pages.department_lines(now=clock.now())
    context = {"lines": lines, "is_switched_off": pages.is_switched_off()}
    return render_page(request, "automation/routing.html", context)


@permission_required(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def department(request: HttpRequest, pk: int) -> HttpResponse:
    """The plan of one department."""
    plan = _plan(pk)
    form = PlanForm(request.POST if request.method == "POST" else None, instance=plan)
    if form.is_bound and form.is_valid():
        save_plan(form, actor=request.user, now=clock.now())
        return _saved(request, plan)
    return _page(request, plan, form=form)


@permission_required(PERMISSION)
@require_POST
def seats(request: HttpRequest, pk: int) -> HttpResponse:
    """Roles, weights and limits of the agents."""
    plan = _plan(pk)
    forms = seat_forms(plan, request.POST)
    if all(form.is_valid() for form in forms):
        save_seats(forms, plan=plan, actor=request.user, now=clock.now())
        return _saved(request, plan)
    return _page(request, plan, forms=forms)


@permission_required(PERMISSION)
@require_POST
def attempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Give out now what can be given."""
    plan = _plan(pk)
    count = give_out_all(plan.department_id, clock.now())
    words = ngettext("%(count)d ticket was given out.", "%(count)d tickets were given out.", count)
    messages.success(request, words % {"count": count})
    return see_other(request, _url(plan))


@permission_required(PERMISSION)
@require_safe
def report(request: HttpRequest) -> HttpResponseBase:
    """Expected and actual shares, with the reasons of each skip (R88, N14)."""
    form = FairnessForm(request.GET or None)
    found = fairness(form.question(now=clock.now()))
    if request.GET.get("export") == "csv":
        audit.record("exported", "fairness", actor=request.user, now=clock.now())
        return csv_response("fairness", headings=HEADINGS, rows=csv_rows(found))
    return render_page(request, "automation/fairness.html", {"form": form, "report": found})


def _page(
    request: HttpRequest,
    plan: RoutingPlan,
    *,
    form: PlanForm | None = None,
    forms: list[SeatForm] | None = None,
) -> HttpResponse:
    now = clock.now()
    is_refused = forms is not None or (form is not None and form.is_bound)
    context = {
        "plan": plan,
        "form": form or PlanForm(instance=plan),
        "seats": pages.seat_lines(plan, forms or seat_forms(plan), now=now),
        "waiting": pages.waiting_lines(plan, now=now),
        "is_switched_off": pages.is_switched_off(),
    }
    status = 422 if is_refused else 200
    return render_page(request, "automation/routing_department.html", context, status=status)


def _plan(pk: int) -> RoutingPlan:
    return pages.plan_of(get_object_or_404(Department.objects.active(), pk=pk))


def _saved(request: HttpRequest, plan: RoutingPlan) -> HttpResponse:
    messages.success(request, _("Saved."))
    return see_other(request, _url(plan))


def _url(plan: RoutingPlan) -> str:
    return reverse("routing_department", args=[plan.department_id])
