"""Function middlewares of every request: its id, its client's address, its headers, its slash."""

from __future__ import annotations

import ipaddress
import re
import time
import uuid
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve

from core.errors import refused
from core.logs import remember_request
from core.metrics import requests_seconds

Respond = Callable[[HttpRequest], HttpResponse]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

PERMISSIONS_POLICY = (
    "accelerometer=(), camera=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
    "payment=(), usb=(), browsing-topics=()"
)
PERMANENT_REDIRECT = 308
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")


def request_id(get_response: Respond) -> Respond:
    """Names the request: in every log line, in the response, on error pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        is_trusted = _is_proxy(request.META.get("REMOTE_ADDR", ""))
        identity = given if is_trusted and _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        request.request_id = identity  # type: ignore[attr-defined] # ours, read by error pages
        remember_request(request_id=identity)
        began = time.perf_counter()
        response = get_response(request)
        requests_seconds.labels(request.method or "", f"{response.status_code // 100}xx").observe(
            time.perf_counter() - began
        )
        response["X-Request-ID"] = identity
        return response

    return middleware


def client_address(get_response: Respond) -> Respond:
    """Sets `request.client_address`; X-Forwarded-For counts only from TRUSTED_PROXIES (X-23)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        address = _client_address(request)
        request.client_address = address  # type: ignore[attr-defined] # ours, read by rates and audit
        remember_request(address=address)
        return get_response(request)

    return middleware


def security_headers(get_response: Respond) -> Respond:
    """Adds what Django's own middleware lacks; pages are never kept by a browser (X-24, X-53)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def refusals(get_response: Respond) -> Respond:
    """Tells what an action refused and no form caught, in a sentence instead of a failure."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def answer(request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refused(request, exception) if isinstance(exception, ValidationError) else None

    middleware.process_exception = answer  # type: ignore[attr-defined] # Django's hook
    return middleware


def slashless(get_response: Respond) -> Respond:
    """Leads `/x/` to `/x` when only that exists; a POST is never redirected (screens.md 12)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if request.method in {"GET", "HEAD"} and len(path) > 1 and path.endswith("/"):
            shorter = "/" + path.strip("/")
            if not _exists(path) and _exists(shorter):
                query = request.META.get("QUERY_STRING", "")
                response = HttpResponsePermanentRedirect(f"{shorter}?{query}" if query else shorter)
                response.status_code = PERMANENT_REDIRECT
                return response
        return get_response(request)

    return middleware


def _exists(path: str) -> bool:
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _client_address(request: HttpRequest) -> str:
    """The nearest address of the chain that is no proxy of ours."""
    peer = _valid_address(request.META.get("REMOTE_ADDR", ""))
    if not _is_proxy(peer):
        return peer
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",")]
    for hop in reversed(hops):
        address = _valid_address(hop)
        if not address:
            break
        peer = address
        if not _is_proxy(address):
            break
    return peer


def _valid_address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        return ""


def _is_proxy(address: str) -> bool:
    valid = _valid_address(address)
    if not valid:
        # A unix socket has no peer address: only a proxy on this machine can reach it.
        return not address and "unix" in settings.TRUSTED_PROXIES
    networks = _networks(tuple(settings.TRUSTED_PROXIES))
    return any(ipaddress.ip_address(valid) in network for network in networks)


@lru_cache(maxsize=4)
def _networks(names: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(name, strict=False) for name in names if name != "unix")
