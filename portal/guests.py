"""The door of a guest link: the token opens it while it lives (X-20)."""

from __future__ import annotations

import functools
from collections.abc import Callable
from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponseBase

from core import clock
from core.rendering import render_page
from tickets.guests import find_guest_link, is_alive
from tickets.models import GuestLink

GuestView = Callable[[HttpRequest, GuestLink], HttpResponseBase]


def guest_door(view: GuestView) -> Callable[..., HttpResponseBase]:
    """Gives the view the link of the token; who tries many is stopped by the page not found."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponseBase:
        link = find_guest_link(token)
        if link is None:
            raise Http404
        return view(request, link)

    return guarded


def while_alive(view: GuestView) -> GuestView:
    """Lets in while the link lives; afterwards its page offers a new one by mail."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, link: GuestLink) -> HttpResponseBase:
        if is_alive(link, now=clock.now()):
            return view(request, link)
        context = {"url": request.path}
        return render_page(request, "portal/link_expired.html", context, status=HTTPStatus.GONE)

    return guarded
