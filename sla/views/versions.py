"""The history of the rules, and the way back to earlier policies (N11)."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock
from core.access import permission_required
from core.rendering import render_page, see_other
from sla.actions.restoring import restore_policies
from sla.models import PolicySetVersion
from sla.tables import policies
from sla.version_pages import page, restoration_of


@permission_required(policies.permission)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Every version with what it changed, the newest first."""
    before = request.GET.get("before", "")
    found = page(int(before) if before.isdecimal() else None)
    more = f"{reverse('sla_versions')}?before={found.next_before}" if found.next_before else ""
    context = {"lines": found.lines, "next_url": more, "policies_url": policies.url()}
    return render_page(request, "sla/versions.html", context)


@permission_required(policies.permission)
@require_http_methods(["GET", "HEAD", "POST"])
def restoration(request: HttpRequest, pk: int) -> HttpResponse:
    """What bringing back the policies of a version changes; a POST does it."""
    version = get_object_or_404(PolicySetVersion, pk=pk)
    if request.method != "POST":
        context = {"restoration": restoration_of(version, now=clock.now())}
        return render_page(request, "sla/restoration.html", context)
    try:
        restore_policies(version, actor=request.user, now=clock.now())
    except ValidationError as refusal:
        messages.info(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The earlier policies are in force again."))
    return see_other(request, reverse("sla_versions"))
