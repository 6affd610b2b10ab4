"""Error pages: what happened, what to do, and the request id to quote."""

from __future__ import annotations

import logging
import sys
from datetime import timedelta
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig, ValidationError
from django.db import Error, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django_htmx.http import reswap

from core import clock, rates
from core.access import PermissionMissing
from core.rendering import wants_fragment, with_flash

RETRY_SECONDS = 5
MAX_MISSES = 100
MISSES_PER = timedelta(minutes=5)

logger = logging.getLogger(__name__)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request makes no sense; 413 when there is too much of it."""
    if isinstance(exception, RequestDataTooBig):
        return _page(request, "400.html", HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return _page(request, "400.html", HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: a colleague without the permission; the page names it."""
    permission = exception.permission if isinstance(exception, PermissionMissing) else ""
    return _page(request, "403.html", HTTPStatus.FORBIDDEN, permission=permission)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page, or none for this person; the two look the same (X-28).

    Who asks for very many such pages is trying numbers, and is told to wait.
    """
    if _asks_too_often(request):
        response = _plain(request, HTTPStatus.TOO_MANY_REQUESTS, _("Please wait a moment."))
        response["Retry-After"] = str(int(MISSES_PER.total_seconds()))
        return response
    return _page(request, "404.html", HTTPStatus.NOT_FOUND)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was not ours or too old; what was typed is still in the browser."""
    return _page(request, "403_csrf.html", HTTPStatus.FORBIDDEN)


def refused(request: HttpRequest, refusal: ValidationError) -> HttpResponse:
    """422: a rule of the house forbids it, and no form was there to say so.

    A toast for htmx, which leaves what was typed where it stands; else a page that names the way
    back to it.
    """
    words = " ".join(refusal.messages)
    if wants_fragment(request):
        response = reswap(HttpResponse(status=HTTPStatus.UNPROCESSABLE_ENTITY), "none")
        return with_flash(response, words, level="error")
    return _page(request, "422.html", HTTPStatus.UNPROCESSABLE_ENTITY, words=words)


def server_error(request: HttpRequest) -> HttpResponse:
    """500; but 503 with Retry-After when the database is away or a query ran out of time (X-45)."""
    if isinstance(sys.exc_info()[1], OperationalError):
        response = _plain(
            request, HTTPStatus.SERVICE_UNAVAILABLE, _("We are busy. Please try again.")
        )
        response["Retry-After"] = str(RETRY_SECONDS)
        return response
    return _page(request, "500.html", HTTPStatus.INTERNAL_SERVER_ERROR)


def _asks_too_often(request: HttpRequest) -> bool:
    key = f"missing:{getattr(request, 'client_address', '')}"
    try:
        return not rates.hit(key, limit=MAX_MISSES, per=MISSES_PER, now=clock.now())
    except Error:
        return False


def _page(
    request: HttpRequest, template: str, status: HTTPStatus, **context: object
) -> HttpResponse:
    """The page of `template`; a bare sentence when even that cannot be rendered."""
    facts = {**context, "request_id": getattr(request, "request_id", "")}
    try:
        return HttpResponse(render_to_string(template, facts, request), status=status)
    except Exception:
        # An error page that raises would be an error without a page, whatever broke it.
        logger.exception("the page %s could not be shown", template)
        return _plain(request, status, str(status.phrase))


def _plain(request: HttpRequest, status: HTTPStatus, sentence: str) -> HttpResponse:
    page = format_html(
        "<!doctype html><title>{}</title><h1>{}</h1><p>{}</p>",
        status.phrase,
        sentence,
        getattr(request, "request_id", ""),
    )
    return HttpResponse(page, status=status)
