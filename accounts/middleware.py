"""The reader of a page: zone, language, and the gate before the agents' surface."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone, translation

from core.access import ask_to_sign_in

Answer = Callable[[HttpRequest], HttpResponseBase]

# Below /admin, but open to people who have no account yet.
OPEN_DOORS = ("/admin/setup", "/admin/authentication")


def reader(get_response: Answer) -> Answer:
    """Times in the reader's zone, words in the reader's language (screens.md 1)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        user = request.user
        language = translation.get_language_from_request(request)
        if user.is_authenticated:
            timezone.activate(user.zone)
            language = user.language or language
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
        try:
            return get_response(request)
        finally:
            timezone.deactivate()
            translation.activate(settings.LANGUAGE_CODE)

    return middleware


def gate(get_response: Answer) -> Answer:
    """Every address below /admin is staff's: others sign in, or find nothing there."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        path = request.path_info
        if (path == "/admin" or path.startswith("/admin/")) and not path.startswith(OPEN_DOORS):
            if not request.user.is_authenticated:
                return ask_to_sign_in(request)
            if not request.user.is_staff:
                raise Http404
        return get_response(request)

    return middleware
