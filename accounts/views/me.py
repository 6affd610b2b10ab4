"""Who asks: the signed-in person behind a guarded view."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from accounts.models import User


def me(request: HttpRequest) -> User:
    """The signed-in person; the guard before the view has let nobody else through."""
    if not request.user.is_authenticated:
        raise Http404
    return request.user
