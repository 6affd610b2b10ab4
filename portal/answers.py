"""What the portal answers: forms that come back with everything kept, pages of one request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.rendering import render_page, wants_fragment, with_flash
from portal.limits import Limit, any_spent
from tickets.uploads import MAX_BYTES, MAX_FILES, has_room

RETRY_SECONDS = 3600


def posted(request: HttpRequest) -> tuple[Any, Any]:
    """What to bind a form to: fields and files of a POST, even of an empty one, else nothing."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def form_page(
    request: HttpRequest,
    template: str,
    form: BaseForm,
    context: Mapping[str, Any] | None = None,
    *,
    status: int | None = None,
    fragment: str = "form",
) -> HttpResponse:
    """The form on its page: 200 when fresh, 422 when refused."""
    refused = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    facts = {
        "form": form,
        "max_bytes": MAX_BYTES,
        "max_files": MAX_FILES,
        # A browser without our scripts forgets chosen files when a form comes back.
        "lost_files": bool(request.FILES) and not wants_fragment(request),
        **(context or {}),
    }
    return render_page(request, template, facts, fragment=fragment, status=status or refused)


def refusal(
    request: HttpRequest,
    template: str,
    form: BaseForm,
    *,
    allowed: tuple[Limit, ...],
    now: datetime,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse | None:
    """Why a valid form goes no further: too many of them, or no room for its files (X-48)."""
    if any_spent(allowed, now=now):
        return _too_many(request, template, form, context)
    return None if has_room(form) else form_page(request, template, form, context)


def _too_many(
    request: HttpRequest, template: str, form: BaseForm, context: Mapping[str, Any] | None = None
) -> HttpResponse:
    """429 with the text kept: in the form, or as a toast where the form stays on the page."""
    words = _("That was a lot in a short time. Please wait a while, then send it again.")
    form.add_error(None, words)
    status = HTTPStatus.TOO_MANY_REQUESTS
    response = form_page(request, template, form, context, status=status)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return with_flash(response, words, level="error") if wants_fragment(request) else response
