"""The page of one job: how far it is, how it ended, a button to stop it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import clock, jobs
from core.access import staff_required
from core.models import Job
from core.rendering import render_page, see_other


@require_safe
@staff_required
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job, for whom it belongs to and for managers."""
    found = _visible(request, pk)
    kind = jobs.kinds.get(found.kind)
    context = {
        "job": found,
        "label": kind.label if kind else found.kind,
        "page_url": kind.page(found) if kind and kind.page else "",
        "page_words": (kind and kind.page_words) or _("See what became of each"),
        "is_stopping": found.cancel_requested and not found.is_finished,
        "can_stop": not found.is_finished and not found.cancel_requested,
        "outcome": _told(kind, found),
    }
    return render_page(request, "core/job.html", context, fragment="progress")


@require_POST
@staff_required
def cancellation(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the job to stop."""
    jobs.cancel_job(_visible(request, pk), actor=request.user, now=clock.now())
    return see_other(request, reverse("job", args=[pk]))


def _told(kind: jobs.JobKind | None, job: Job) -> list[tuple[Any, Any]]:
    """What came out, in words."""
    words = kind.words if kind else {}
    return [(word, job.outcome[name]) for name, word in words.items() if name in job.outcome]


def _visible(request: HttpRequest, pk: int) -> Job:
    found = get_object_or_404(Job, pk=pk)
    is_own = found.started_by_id == request.user.pk
    if not is_own and not request.user.may("settings.change"):  # type: ignore[union-attr] # staff
        raise Http404
    return found
