"""Every notice that left, or was to leave: where it stands, and sending it again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models.role import Permission
from core import clock
from core.access import permission_required
from core.keyset import Order, page_of
from core.outbox import NotRedrivable, redrive
from core.pokes import poke
from core.rendering import render_page, see_other
from notifications.actions.posting import SEND
from notifications.models import Endpoint, NoticeDelivery
from notifications.paging import page_urls

ORDER = Order(("created_at", "id"), is_descending=True)
TROUBLED = ("failed", "dead", "uncertain", "needs_review")
TONES = {"sent": "ok", "failed": "danger", "dead": "danger", "pending": "warn"}


@dataclass(frozen=True)
class DeliveryLine:
    """One delivery of the list."""

    row: NoticeDelivery
    mark: SafeString
    may_send_again: bool


@permission_required(Permission.SETTINGS_CHANGE)
@require_safe
def deliveries(request: HttpRequest) -> HttpResponseBase:
    """Newest first, by state, channel and service."""
    rows = NoticeDelivery.objects.select_related("user", "endpoint")
    state, channel = request.GET.get("state", ""), request.GET.get("channel", "")
    service = request.GET.get("service", "")
    rows = rows.filter(state=state) if state in NoticeDelivery.State.values else rows
    rows = rows.filter(channel=channel) if channel in NoticeDelivery.Channel.values else rows
    rows = rows.filter(endpoint__slug=service) if service else rows
    page = page_of(rows, ORDER, request.GET)
    context = {
        "lines": [_line(row) for row in page.rows],
        "urls": page_urls(page, request.GET),
        "states": NoticeDelivery.State.choices,
        "channels": NoticeDelivery.Channel.choices,
        "services": list(Endpoint.objects.values_list("slug", "name")),
        "state": state,
        "channel": channel,
        "service": service,
    }
    return render_page(request, "notifications/deliveries.html", context, fragment="list")


@permission_required(Permission.SETTINGS_CHANGE)
@require_POST
def sending(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send one again that was given up."""
    row = get_object_or_404(NoticeDelivery, pk=pk)
    if row.folded_into_id is not None:
        raise Http404
    try:
        redrive(row, actor=request.user, now=clock.now())
    except NotRedrivable:
        messages.error(request, _("This notice is on its way or has arrived."))
    else:
        poke(SEND)
        messages.success(request, _("It is sent again."))
    return see_other(request, reverse("notifications:deliveries"))


def _line(row: NoticeDelivery) -> DeliveryLine:
    # A row that waits is well until it has failed once.
    tone = "" if row.state == "pending" and not row.last_error else TONES.get(row.state, "")
    return DeliveryLine(
        row,
        mark=format_html(
            '<span class="tag{}">{}</span>', f" tag--{tone}" if tone else "", _state(row)
        ),
        may_send_again=row.state in TROUBLED,
    )


def _state(row: NoticeDelivery) -> str:
    if row.folded_into_id is not None:
        return _("in a digest")
    return str(row.get_state_display())
