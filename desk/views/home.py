"""The start page of staff."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core import clock
from core.rendering import render_page
from desk.access import reader
from desk.home import home_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """How the queue stands, and what is next."""
    return render_page(
        request, "desk/home.html", {"home": home_of(reader(request), now=clock.now())}
    )
