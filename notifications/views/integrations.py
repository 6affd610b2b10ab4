"""Outside services: what is set up, how it is, and a test of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models.role import Permission
from accounts.views.me import me
from core import clock
from core.access import permission_required
from core.rendering import render_page, see_other
from notifications.actions import drop_previous_key, known_secrets, order_test
from notifications.dispatch import send_one
from notifications.models import Endpoint, NoticeDelivery
from notifications.tables import tables

RECENT = timedelta(days=1)


@dataclass(frozen=True)
class EndpointLine:
    """One service of the page."""

    row: Endpoint
    edit_url: str
    callback_url: str
    has_two_keys: bool
    failed: int
    last_sent_at: Any


@dataclass(frozen=True)
class KindCard:
    """One kind with its services and the way to another."""

    title: Any
    purpose: Any
    add_label: Any
    add_url: str
    lines: list[EndpointLine] = field(default_factory=list)


@permission_required(Permission.SETTINGS_CHANGE)
@require_safe
def integrations(request: HttpRequest) -> HttpResponseBase:
    """All services by kind, with what failed in a day."""
    recent = Q(deliveries__created_at__gte=clock.now() - RECENT)
    failed = Count("deliveries", filter=recent & Q(deliveries__state__in=["failed", "dead"]))
    last = Max("deliveries__sent_at", filter=recent)
    cards = {
        kind: KindCard(table.title, table.purpose, table.add_label, table.url("add"))
        for kind, table in tables.items()
    }
    for row in Endpoint.objects.annotate(failed=failed, last_sent_at=last):
        cards[row.kind].lines.append(_line(row))
    return render_page(request, "notifications/integrations.html", {"cards": list(cards.values())})


@permission_required(Permission.SETTINGS_CHANGE)
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send a test now and tell what came of it."""
    endpoint = get_object_or_404(Endpoint, pk=pk)
    row = send_one(order_test(endpoint, actor=me(request), now=clock.now()))
    _tell(request, row, endpoint)
    return see_other(request, reverse("integrations"))


@permission_required(Permission.SETTINGS_CHANGE)
@require_POST
def key_removal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Sign with the newest key alone."""
    endpoint = get_object_or_404(Endpoint, pk=pk)
    drop_previous_key(endpoint, actor=me(request), now=clock.now())
    messages.success(request, _("Only the newest key signs now."))
    return see_other(request, reverse("integrations"))


def _line(row: Any) -> EndpointLine:
    is_sms = row.kind == Endpoint.Kind.SMS
    return EndpointLine(
        row=row,
        edit_url=tables[row.kind].url("edit", pk=row.pk),
        callback_url=f"{settings.SITE_URL}{reverse('sms_hook', args=[row.slug])}" if is_sms else "",
        has_two_keys=bool(known_secrets(row).get("previous_key")),
        failed=row.failed,
        last_sent_at=row.last_sent_at,
    )


def _tell(request: HttpRequest, row: NoticeDelivery, endpoint: Endpoint) -> None:
    if row.state == NoticeDelivery.State.SENT:
        messages.success(request, _("%(name)s took the test.") % {"name": endpoint.name})
        return
    facts = {"name": endpoint.name, "error": row.last_error}
    messages.error(request, _("The test of %(name)s failed. %(error)s") % facts)
