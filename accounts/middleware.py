"""The reader of a page: zone, language, and the gate before the agents' surface."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import (
    get_supported_language_variant,
    parse_accept_lang_header,
)

from accounts.models.user import house_zone
from core import options
from core.access import ask_to_sign_in

Answer = Callable[[HttpRequest], HttpResponseBase]

# Below /admin, but open to people who have no account yet.
OPEN_DOORS = frozenset({"/admin/setup", "/admin/authentication"})
# Asked by machines, also while the database is away.
MACHINE_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})


def reader(get_response: Answer) -> Answer:
    """Times in the reader's zone, words in the reader's language (screens.md 1)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info in MACHINE_PATHS:
            return get_response(request)
        user = request.user
        timezone.activate(user.zone if user.is_authenticated else house_zone())
        translation.activate(_language(request))
        request.LANGUAGE_CODE = translation.get_language()  # set as Django's LocaleMiddleware does
        try:
            response = get_response(request)
            patch_vary_headers(response, ["Accept-Language"])
            return response
        finally:
            timezone.deactivate()
            translation.activate(settings.LANGUAGE_CODE)

    return middleware


def gate(get_response: Answer) -> Answer:
    """Every address below /admin is staff's: others sign in, or find nothing there."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if _is_staffs(request.path_info):
            if not request.user.is_authenticated:
                return ask_to_sign_in(request)
            if not request.user.is_staff:
                raise Http404
        return get_response(request)

    return middleware


def _is_staffs(path: str) -> bool:
    return (path == "/admin" or path.startswith("/admin/")) and path not in OPEN_DOORS


def _language(request: HttpRequest) -> str:
    """What the person chose, else what the browser asks for, else the company's."""
    user = request.user
    if user.is_authenticated and user.language:
        return user.language
    for code, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if code != "*":
            with suppress(LookupError):
                return get_supported_language_variant(code)
    return str(options.value("accounts.language"))
