"""The two floors."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import path

from bench.floor import views

urlpatterns = [path("tight", views.tight), path("idiomatic", views.idiomatic)]


def below(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """A middleware that leads to these addresses."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        request.urlconf = __name__  # type: ignore[attr-defined]  # Django's own seam, untyped
        return get_response(request)

    return middleware
