"""One view, two renderings: the whole page, or the fragment htmx asked for (screens.md 6.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event
from django_htmx.middleware import HtmxDetails

Level = Literal["success", "info", "warning", "error"]


def render_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """`template`, or only its partial `fragment` when htmx will swap the answer into a page."""
    name = f"{template}#{fragment}" if fragment and wants_fragment(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx swaps a part; boosted links and restored history want whole pages."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    if not htmx:
        return False
    return not htmx.boosted and not htmx.history_restore_request


def with_event(response: HttpResponse, name: str, **detail: Any) -> HttpResponse:
    """Let the page hear `name` (hd:ticket-changed) once the answer is swapped in."""
    return trigger_client_event(response, name, detail, after="settle")


def with_flash(response: HttpResponse, text: str, *, level: Level = "success") -> HttpResponse:
    """Show a toast; for answers to htmx, where Django's messages would wait for the next page."""
    return trigger_client_event(response, "hd:flash", {"text": str(text), "level": level})


def see_other(request: HttpRequest, url: str) -> HttpResponse:
    """After a POST: 303 for a plain form, the same navigation for htmx."""
    if wants_fragment(request):
        return HttpResponseClientRedirect(url)
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
