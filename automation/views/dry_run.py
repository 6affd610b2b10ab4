"""The test page of rules: a mail, a ticket, or the last tickets; nothing it does stays (N3)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.models.role import Permission
from automation.dry_run.forms import MailForm, PastForm, TicketForm
from automation.dry_run.pages import past_page, run_of, run_words
from automation.dry_run.past import KIND, try_rules
from automation.dry_run.trial import try_mail, try_ticket
from core import clock
from core.access import permission_required
from core.models import Job
from core.rendering import render_page, see_other

LISTED = 10


def staff(request: HttpRequest) -> User:
    """The reader of a settings page, who was checked to be staff before."""
    return request.user  # type: ignore[return-value] # permission_required lets nobody else in


@permission_required(Permission.SETTINGS_CHANGE)
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """What may be tested from here, and what was tried lately."""
    return _page(request, {})


@permission_required(Permission.SETTINGS_CHANGE)
@require_POST
def mail(request: HttpRequest) -> HttpResponse:
    """A mail through the whole house, taken back."""
    form = MailForm(request.POST, prefix="mail")
    if not form.is_valid():
        return _page(request, {"mail_form": form}, status=422)
    facts = form.cleaned_data
    trial = try_mail(facts, draft=form.draft(), now=clock.now())
    return _page(request, {"mail_form": form, "trial": trial})


@permission_required(Permission.SETTINGS_CHANGE)
@require_POST
def ticket(request: HttpRequest) -> HttpResponse:
    """One ticket as it was opened."""
    form = TicketForm(request.POST, prefix="ticket", reader=request.user)
    if not form.is_valid():
        return _page(request, {"ticket_form": form}, status=422)
    trial = try_ticket(form.ticket, draft=form.draft())
    return _page(request, {"ticket_form": form, "trial": trial})


@permission_required(Permission.SETTINGS_CHANGE)
@require_http_methods(["POST"])
def past(request: HttpRequest) -> HttpResponse:
    """Start a run over the last tickets."""
    form = PastForm(request.POST, prefix="past")
    if not form.is_valid():
        return _page(request, {"past_form": form}, status=422)
    job = try_rules(
        form.draft(), tickets=form.cleaned_data["tickets"], actor=request.user, now=clock.now()
    )
    return see_other(request, reverse("rules_test_run", args=[job.pk]))


@permission_required(Permission.SETTINGS_CHANGE)
@require_safe
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """One run: how far it is, then what it found."""
    job = get_object_or_404(Job, pk=pk, kind=KIND)
    is_done = job.state == Job.State.DONE
    context = {
        "job": job,
        "words": run_words(job),
        "is_failed": job.state == Job.State.FAILED,
        "is_cancelled": job.state == Job.State.CANCELLED,
        "can_stop": not job.is_finished and not job.cancel_requested,
        "report": past_page(job, reader=staff(request)) if is_done else None,
    }
    return render_page(request, "automation/dry_run_past.html", context, fragment="run")


def _page(request: HttpRequest, given: dict[str, object], *, status: int = 200) -> HttpResponse:
    jobs = Job.objects.filter(kind=KIND).select_related("started_by").order_by("-pk")[:LISTED]
    context = {
        "mail_form": MailForm(prefix="mail"),
        "ticket_form": TicketForm(prefix="ticket", reader=request.user),
        "past_form": PastForm(prefix="past"),
        "runs": [run_of(job) for job in jobs],
        **given,
    }
    return render_page(request, "automation/dry_run.html", context, status=status)
