"""Saved views of the queue: their list, their form, their order, out of use and back."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from core import clock
from core.rendering import render_page, see_other
from core.submissions import idempotent
from desk.access import reader
from desk.links import queue_url, views_url
from desk.queue import view_of
from desk.saved_view_forms import Begun, SavedViewForm, begun_with, written_in
from desk.saved_view_page import views_page
from desk.saved_view_steps import STEPS, saved
from desk.search_as_view import begun_with_search
from desk.shown_tabs import keep_tabs
from tickets.models import SavedView


@require_safe
def saved_views(request: HttpRequest) -> HttpResponse:
    """Own and shared views in their order."""
    return render_page(request, "desk/saved_views.html", {"page": views_page(reader(request))})


@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def saved_view_add(request: HttpRequest) -> HttpResponseBase:
    """Keep a view; the list on the screen, or a search, is what its form begins with."""
    user, now = reader(request), clock.now()
    begun = _begun(request, user, now=now)
    data = request.POST if request.method == "POST" else None
    form = SavedViewForm(data, user=user, now=now, initial=begun.initial)
    row = saved(form, None, now=now)
    if row is None:
        return _form_page(request, form, None, begun.lost)
    messages.success(request, _("“%(name)s” is a view now.") % {"name": row})
    return see_other(request, queue_url(view=row.slug))


@require_http_methods(["GET", "HEAD", "POST"])
def saved_view_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a view."""
    user, now = reader(request), clock.now()
    row = get_object_or_404(SavedView.objects.changeable_by(user), pk=pk)
    data = request.POST if request.method == "POST" else None
    form = SavedViewForm(data, user=user, now=now, initial=written_in(row))
    if saved(form, row, now=now) is None:
        return _form_page(request, form, row, [])
    messages.success(request, _("“%(name)s” was saved.") % {"name": row})
    return see_other(request, views_url())


@require_POST
def saved_view_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Move a view, take it out of use, or use it again."""
    user = reader(request)
    row = get_object_or_404(SavedView.objects.changeable_by(user), pk=pk)
    try:
        STEPS[step](row, request.POST, user, clock.now())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return see_other(request, views_url())


@require_POST
def view_tabs(request: HttpRequest) -> HttpResponse:
    """Which of the shipped views are tabs."""
    keep_tabs(reader(request), request.POST.getlist("tab"))
    messages.success(request, _("Your tabs were saved."))
    return see_other(request, views_url())


def _begun(request: HttpRequest, user: User, *, now: datetime) -> Begun:
    if text := request.GET.get("search", ""):
        return begun_with_search(text, user, now=now)
    return begun_with(view_of(request.GET.get("view", ""), user), user)


def _form_page(
    request: HttpRequest, form: SavedViewForm, row: SavedView | None, lost: list[str]
) -> HttpResponse:
    context = {"form": form, "row": row, "lost": lost, "list_url": views_url()}
    status = HTTPStatus.OK if form.is_step else form.status
    return render_page(request, "desk/saved_view.html", context, status=status)
