"""Pages of on-call: the board, standing in, pages and their answers, the log, the directory."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.models.role import Permission
from automation.models import OnCallSchedule, OnCallShift, Page
from automation.on_call import board, paging, schedules
from automation.on_call.access import reader, require_arranging, visible_pages
from automation.on_call.forms import OverrideForm, SwapForm
from automation.on_call.log import HEADINGS, stretches
from automation.on_call.log_forms import LogForm
from automation.on_call.page_facts import page_facts, page_line
from core import audit, clock
from core.access import permission_required, staff_required
from core.exports import csv_response
from core.rendering import render_page, see_other


@staff_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Who is on call now in every schedule, open pages, and the directory."""
    user, now = reader(request), clock.now()
    in_use = OnCallSchedule.objects.active()
    context = {
        "boards": [board.board_of(row, user=user, now=now) for row in in_use],
        "pages": [page_line(row, now=now) for row in board.open_pages(user)],
        "contacts": board.contacts(),
        "schedules_url": _schedules_url(user),
    }
    return render_page(request, "automation/on_call.html", context)


@staff_required
@require_safe
def schedule(request: HttpRequest, pk: int) -> HttpResponse:
    """The weeks to come of one schedule, and who may stand in."""
    return _schedule_page(request, _schedule(pk))


@staff_required
@require_POST
def override_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody stands in for a while."""
    row, user = _schedule(pk), reader(request)
    require_arranging(user, row)
    form = OverrideForm(request.POST, schedule=row)
    if form.is_valid():
        try:
            schedules.add_override(actor=user, now=clock.now(), **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _saved(request, row)
    return _schedule_page(request, row, override=form)


@staff_required
@require_POST
def override_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """The regular turn counts again from now on."""
    shift = get_object_or_404(OnCallShift.objects.select_related("role__schedule"), pk=pk)
    user, row = reader(request), shift.role.schedule
    require_arranging(user, row)
    try:
        schedules.remove_override(shift, actor=user, now=clock.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return see_other(request, _url(row))
    return _saved(request, row)


@staff_required
@require_POST
def swap(request: HttpRequest, pk: int) -> HttpResponse:
    """Two people trade turns."""
    row, user, now = _schedule(pk), reader(request), clock.now()
    require_arranging(user, row)
    found = board.board_of(row, user=user, now=now)
    form = SwapForm(request.POST, turns=found.swappable)
    if form.is_valid():
        try:
            schedules.swap_turns(**form.cleaned_data, actor=user, now=now)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            return _saved(request, row)
    return _schedule_page(request, row, swapped=form)


@staff_required
@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """One page with its steps; the button acknowledges it, the link in the mail only leads here."""
    facts = page_facts(_page(request, pk), now=clock.now())
    return render_page(request, "automation/page.html", {"page": facts})


@staff_required
@require_POST
def acknowledgement(request: HttpRequest, pk: int) -> HttpResponse:
    """The reader is on it; nobody else is called."""
    row = paging.acknowledge(_page(request, pk), user=reader(request), now=clock.now())
    words = _("%(person)s is on it.") % {"person": row.acknowledged_by or _("Nobody")}
    messages.success(request, words)
    return see_other(request, reverse("on_call:page", args=[pk]))


@staff_required
@require_POST
def ending(request: HttpRequest, pk: int) -> HttpResponse:
    """The emergency is over."""
    paging.end_page(_page(request, pk), now=clock.now())
    messages.success(request, _("The page has ended."))
    return see_other(request, reverse("on_call:page", args=[pk]))


@permission_required(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD"])
def log(request: HttpRequest) -> HttpResponseBase:
    """Turns, pages and engaged minutes of a period; `export` makes it a file (R117)."""
    now = clock.now()
    form = LogForm(request.GET, now=now)
    rows = stretches(form.first, form.last, now=now)
    if request.GET.get("export"):
        audit.record("on_call_log_exported", "", actor=request.user, request=request, now=now)
        cells = (row.cells() for row in rows)
        return csv_response("on-call", headings=HEADINGS, rows=cells)
    export_url = f"{request.path}?{form.query}&export=csv"
    context = {"form": form, "rows": list(rows), "export_url": export_url}
    return render_page(request, "automation/on_call_log.html", context)


def _schedules_url(user: User) -> str:
    """Where a manager adds a schedule; empty for all others."""
    return reverse("on_call_schedules_add") if user.may(Permission.SETTINGS_CHANGE) else ""


def _schedule_page(
    request: HttpRequest,
    row: OnCallSchedule,
    *,
    override: OverrideForm | None = None,
    swapped: SwapForm | None = None,
) -> HttpResponse:
    found = board.board_of(row, user=reader(request), now=clock.now())
    context = {
        "board": found,
        "override_form": override or OverrideForm(schedule=row),
        "swap_form": swapped or SwapForm(turns=found.swappable),
    }
    status = 422 if override or swapped else 200
    return render_page(request, "automation/on_call_schedule.html", context, status=status)


def _saved(request: HttpRequest, row: OnCallSchedule) -> HttpResponse:
    messages.success(request, _("Saved."))
    return see_other(request, _url(row))


def _url(row: OnCallSchedule) -> str:
    return reverse("on_call:schedule", args=[row.pk])


def _schedule(pk: int) -> OnCallSchedule:
    return get_object_or_404(OnCallSchedule.objects.filter(archived_at=None), pk=pk)


def _page(request: HttpRequest, pk: int) -> Page:
    pages = Page.objects.select_related("schedule", "ticket", "acknowledged_by")
    return get_object_or_404(visible_pages(pages, reader(request)), pk=pk)
