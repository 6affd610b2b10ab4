"""Who may see a page: signed in, staff, or staff with a permission."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class PermissionMissing(PermissionDenied):
    """A colleague without the needed permission; the page says which, and whom to ask."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission


def signed_in(view: View[P]) -> View[P]:
    """Lets in whoever is signed in; others are sent to the sign-in page and back."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        return view(request, *args, **kwargs)

    return guarded


def staff_required(view: View[P]) -> View[P]:
    """Lets staff in; for all others the page does not exist."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_to_sign_in(request)
        if not getattr(request.user, "is_staff", False):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def permission_required(permission: str) -> Callable[[View[P]], View[P]]:
    """Lets in staff whose role allows `permission`; colleagues without it get a telling 403."""

    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        @staff_required
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            require(request.user, permission)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def require(user: Any, permission: str) -> None:
    """Raise PermissionMissing unless the user's role allows `permission`."""
    if not user.may(permission):
        raise PermissionMissing(permission)


def ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    """A redirect to the sign-in page; for htmx a 401 that lets the page open its sign-in dialog."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=401, headers={"HX-Trigger": "hd:login"})
    address = request.get_full_path() if request.method == "GET" else request.path
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': address})}")


def safe_next(request: HttpRequest, *, default: str) -> str:
    """The wanted address after this step, if it is one of ours (X-17)."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return default
