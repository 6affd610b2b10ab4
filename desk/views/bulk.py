"""Steps over many tickets: the bar's post, what became of it, its undoing."""

from __future__ import annotations

from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap

from core import clock
from core.rendering import render_page, see_other, wants_fragment, with_event, with_flash
from core.submissions import idempotent
from desk.access import reader
from desk.bulk import AT_ONCE, MOST, begun, pursue, result_of
from desk.bulk_forms import BulkForm
from desk.links import bulk_url, queue_url
from tickets.actions import undo_bulk
from tickets.models import BulkRun

RESULT, FORM = "desk/bulk_result.html", "desk/bulk_form.html"


@require_POST
def tickets_bulk(request: HttpRequest) -> HttpResponseBase:
    """One step over the chosen tickets, or over all that match the list.

    The run is written down once for each rendered form; the tickets come after that, each in a
    transaction of its own.
    """
    answer = _begun(request)
    if answer.status_code != HTTPStatus.SEE_OTHER:
        return answer
    tail = answer.headers["Location"].rsplit("/", 1)[1]
    if not tail.isdigit():
        return answer
    return _done(request, _own_run(request, int(tail)), template="desk/bulk_answer.html")


@require_safe
def bulk_result(request: HttpRequest, pk: int) -> HttpResponse:
    """How many were changed, and why others were not."""
    result = result_of(_own_run(request, pk), reader(request), now=clock.now())
    return render_page(request, RESULT, {"result": result}, fragment="outcome")


@require_POST
def bulk_undo(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put back what the run changed, where nobody changed it since; twice is once."""
    try:
        run = undo_bulk(_own_run(request, pk), user=reader(request), now=clock.now())
    except ValidationError as refusal:
        return _refused(request, " ".join(refusal.messages), pk)
    return _done(request, run, template="desk/bulk_toast.html")


@idempotent
def _begun(request: HttpRequest) -> HttpResponseBase:
    user, form = reader(request), BulkForm(request.POST, user=reader(request))
    if form.is_valid():
        try:
            run = begun(form, user=user, now=clock.now())
            return HttpResponse(status=HTTPStatus.SEE_OTHER, headers={"Location": bulk_url(run.pk)})
        except ValidationError as refusal:
            form.add_error(None, refusal)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if wants_fragment(request):
        words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return with_flash(reswap(HttpResponse(status=status), "none"), words, level="error")
    context = {"form": form, "list_url": queue_url(), "at_once": AT_ONCE, "most": MOST}
    return render_page(request, FORM, context, status=status)


def _done(request: HttpRequest, run: BulkRun, *, template: str) -> HttpResponse:
    """A toast for the list, which stays; the page of the result, or of the job, without scripts."""
    run, user = pursue(run, now=clock.now()), reader(request)
    if not wants_fragment(request):
        is_long = run.job_id is not None and not run.is_over
        return see_other(request, f"/admin/jobs/{run.job_id}" if is_long else bulk_url(run.pk))
    result = result_of(run, user, now=clock.now())
    response = render_page(request, template, {"result": result})
    return with_event(with_event(response, "hd:bulk"), "hd:ticket-changed")


def _refused(request: HttpRequest, words: str, pk: int) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if wants_fragment(request):
        return with_flash(reswap(HttpResponse(status=status), "none"), words, level="error")
    result = result_of(_own_run(request, pk), reader(request), now=clock.now())
    return render_page(request, RESULT, {"result": result, "trouble": words}, status=status)


def _own_run(request: HttpRequest, pk: int) -> BulkRun:
    """A run is for who started it; for anybody else it is not there."""
    runs = BulkRun.objects.select_related("started_by", "job")
    return get_object_or_404(runs, pk=pk, started_by=reader(request))
