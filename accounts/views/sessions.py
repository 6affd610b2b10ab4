"""Where somebody is signed in, and signing out from afar."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import devices
from accounts.actions import end_session, end_sessions
from accounts.views.me import me
from core.access import signed_in
from core.rendering import render_page, see_other

PAGE = "/authentication/sessions"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """All devices, this one first; POST signs the others out."""
    here = request.session.session_key or ""
    if request.method == "POST":
        end_sessions(me(request), but=here)
        messages.success(request, _("You are signed out on all other devices."))
        return see_other(request, PAGE)
    context = {"devices": devices.of(me(request), here=here)}
    return render_page(request, "accounts/sessions.html", context)


@signed_in
@require_POST
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out on one device; somebody else's does not exist."""
    if not end_session(me(request), pk=pk):
        raise Http404
    messages.success(request, _("That device is signed out."))
    return see_other(request, PAGE)
