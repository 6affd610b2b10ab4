"""What the command palette finds."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.rendering import render_page
from desk.access import reader
from desk.palette import sections


@require_safe
def palette(request: HttpRequest) -> HttpResponse:
    """The lines that fit what is typed; a page of its own without scripts."""
    text, scope = request.GET.get("q", ""), request.GET.get("scope", "")
    found = sections(request, reader(request), scope=scope, text=text)
    context = {"sections": found, "text": text, "scope": scope}
    return render_page(request, "desk/palette.html", context, fragment="found")
