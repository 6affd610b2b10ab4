"""Choosing a preset: what each promises, and what it would replace."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from core import clock
from core.access import permission_required
from core.rendering import render_page, see_other
from sla import preset_pages
from sla.actions.presets import PRESETS, apply_preset
from sla.tables import policies


@permission_required(policies.permission)
@require_http_methods(["GET", "HEAD"])
def choose(request: HttpRequest) -> HttpResponse:
    """Every preset with its table."""
    context = {"offers": preset_pages.offers(), "list_url": policies.url()}
    return render_page(request, "sla/presets.html", context)


@permission_required(policies.permission)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, slug: str) -> HttpResponse:
    """What would be replaced; a POST does it."""
    if slug not in PRESETS:
        raise Http404
    if request.method != "POST":
        context = {"change": preset_pages.change_to(slug), "list_url": policies.url()}
        return render_page(request, "sla/preset.html", context)
    apply_preset(slug, actor=request.user, now=clock.now())
    messages.success(request, _("%(name)s is in force.") % {"name": PRESETS[slug].name})
    return see_other(request, policies.url())
