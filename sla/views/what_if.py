"""The pages of the what-if: choose, follow, read; nothing they show is in force (N1)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from calendars.models import BusinessCalendar
from calendars.tables import calendars
from core import clock, crud
from core.access import permission_required
from core.models import Job
from core.rendering import render_page, see_other
from core.table_actions import Submitted
from sla.drafts import Draft, with_calendar, with_policy
from sla.models import SlaPolicy
from sla.tables import policies
from sla.what_if import DAYS, KIND, try_draft
from sla.what_if_forms import PeriodForm, WhatIfForm
from sla.what_if_pages import draft_words, report_of, run_of

LISTED = 10


@permission_required(policies.permission)
@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """What may be tried from here, and what was tried lately; a POST starts a run."""
    form = WhatIfForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        draft = form.draft(now=clock.now())
        return _start(request, draft, days=form.cleaned_data["days"])
    jobs = Job.objects.filter(kind=KIND).order_by("-pk")[:LISTED]
    context = {"form": form, "runs": [run_of(job) for job in jobs]}
    status = 422 if form.is_bound else 200
    return render_page(request, "sla/what_if.html", context, status=status)


@permission_required(policies.permission)
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: how far it is, then what it found."""
    job = get_object_or_404(Job, pk=pk, kind=KIND)
    is_done = job.state == Job.State.DONE
    context = {
        "job": job,
        "words": draft_words(job),
        "is_failed": job.state == Job.State.FAILED,
        "is_cancelled": job.state == Job.State.CANCELLED,
        "can_stop": not job.is_finished and not job.cancel_requested,
        "report": report_of(job, user=request.user) if is_done else None,  # type: ignore[arg-type] # staff, checked before
        "form": PeriodForm(initial={"days": job.arguments["days"]}),
    }
    return render_page(request, "sla/what_if_run.html", context, fragment="run")


@permission_required(policies.permission)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    """The same draft on the tickets of another period."""
    job = get_object_or_404(Job, pk=pk, kind=KIND)
    form = PeriodForm(request.POST)
    days = form.cleaned_data["days"] if form.is_valid() else job.arguments["days"]
    return _start(request, Draft.from_json(job.arguments["draft"]), days=days)


@permission_required(policies.permission)
@require_POST
def try_policy(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A policy as it stands in its form, unsaved; a form that makes no sense comes back."""
    policy = get_object_or_404(SlaPolicy, pk=pk) if pk else SlaPolicy()
    form: Any = policies.form_class(request.POST, request.FILES, instance=policy)
    if not form.is_valid():
        submitted = Submitted(form, request.POST.get("version", ""))
        return crud.form_page(request, policies, submitted)
    return _start(request, with_policy(form.instance, form.spec), days=DAYS)


@permission_required(policies.permission)
@require_POST
def try_calendar(request: HttpRequest, pk: int) -> HttpResponse:
    """A calendar as it stands in its form, unsaved."""
    calendar = get_object_or_404(BusinessCalendar, pk=pk, is_builtin=False)
    form: Any = calendars.form_class(request.POST, request.FILES, instance=calendar)
    if not form.is_valid():
        submitted = Submitted(form, request.POST.get("version", ""))
        return crud.form_page(request, calendars, submitted)
    return _start(request, with_calendar(form.instance, form.spec), days=DAYS)


def _start(request: HttpRequest, draft: Draft, *, days: int) -> HttpResponse:
    job = try_draft(draft, days=days, actor=request.user, now=clock.now())
    return see_other(request, reverse("sla_what_if_run", args=[job.pk]))
