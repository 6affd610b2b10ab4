"""The pages of one calendar: its form with steps that save nothing, and making it the default."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from calendars import steps
from calendars.actions import CalendarIsFixed, make_default
from calendars.models import BusinessCalendar
from calendars.tables import calendars
from core import clock, crud
from core.access import permission_required
from core.rendering import render_page, see_other
from core.table_actions import Submitted


@permission_required(calendars.permission)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponseBase:
    """A form for a new calendar."""
    if request.POST.get("step"):
        return _stepped(request, None)
    return crud.add_row(request, calendars)


@permission_required(calendars.permission)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The form of one calendar; a built-in one is only shown."""
    calendar = get_object_or_404(BusinessCalendar, pk=pk)
    if calendar.is_builtin:
        return _shown(request, calendar)
    if request.POST.get("step"):
        return _stepped(request, calendar)
    return crud.edit_row(request, calendars, pk)


@permission_required(calendars.permission)
@require_POST
def default(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Count whatever names no calendar in this one."""
    calendar = get_object_or_404(BusinessCalendar, pk=pk)
    try:
        make_default(calendar, actor=request.user, now=clock.now())
    except CalendarIsFixed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("%(name)s is the default now.") % {"name": calendar})
    return see_other(request, calendars.url())


def _stepped(request: HttpRequest, calendar: BusinessCalendar | None) -> HttpResponseBase:
    form = steps.take(
        request.POST["step"], data=request.POST, files=request.FILES, calendar=calendar
    )
    submitted = Submitted(form, request.POST.get("version", ""))
    return crud.form_page(request, calendars, submitted)


def _shown(request: HttpRequest, calendar: BusinessCalendar) -> HttpResponseBase:
    if request.method == "POST":
        raise Http404
    context = {"calendar": calendar, "list_url": calendars.url()}
    return render_page(request, "calendars/builtin.html", context)
