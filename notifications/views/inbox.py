"""A person's own notifications, and the bell that counts them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.views.me import me
from core import clock
from core.access import staff_required
from core.keyset import Order, page_of
from core.rendering import render_page, see_other
from notifications import unread
from notifications.actions import mark_all_read, mark_read
from notifications.kinds import notice_kinds
from notifications.models import Notification
from notifications.paging import page_urls

ORDER = Order(("is_unread", "at", "id"), is_descending=True)
BELL = "notifications/bell.html"


@staff_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponseBase:
    """Unread ones first, then the newest; narrowed down to unread ones, or to a kind."""
    rows = Notification.objects.of(me(request))
    is_narrow = request.GET.get("show") == "unread"
    kind = request.GET.get("kind", "")
    rows = rows.unread() if is_narrow else rows
    page = page_of(rows.filter(kind=kind) if kind in notice_kinds else rows, ORDER, request.GET)
    context = {
        "rows": page.rows,
        "urls": page_urls(page, request.GET),
        "is_narrow": is_narrow,
        "kind": kind,
        "kinds": [(entry.key, entry.label) for entry in notice_kinds.entries()],
        "has_unread": unread.count(me(request)) > 0,
    }
    return render_page(request, "notifications/inbox.html", context, fragment="list")


@staff_required
@require_POST
def reading(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Mark one as read; `open` leads on to what it is about."""
    row = mark_read(_own(request, pk), now=clock.now())
    is_ours = url_has_allowed_host_and_scheme(row.url, allowed_hosts={request.get_host()})
    leads_on = "open" in request.POST and row.url and is_ours
    return see_other(request, row.url if leads_on else reverse("notifications:inbox"))


@staff_required
@require_POST
def reading_all(request: HttpRequest) -> HttpResponseBase:
    """Mark everything as read."""
    mark_all_read(me(request), now=clock.now())
    return see_other(request, reverse("notifications:inbox"))


@staff_required
@require_safe
def bell(request: HttpRequest) -> HttpResponseBase:
    """The bell of the top bar; 204 when its number is still the one shown."""
    count = unread.count(me(request))
    if request.GET.get("shown") == str(count):
        return HttpResponse(status=204)
    return render_page(request, BELL, {"unread_count": count})


def _own(request: HttpRequest, pk: int) -> Notification:
    reader: User = me(request)
    return get_object_or_404(Notification.objects.of(reader), pk=pk)
