"""`/admin/rules/presets`: shipped rules as they would be here, and taking them over."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from automation import preset_pages
from automation.preset_files import all_presets
from automation.presets_applying import apply_preset
from automation.tables import ALL, PERMISSION
from core import clock
from core.access import permission_required
from core.rendering import render_page, see_other


@permission_required(PERMISSION)
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Every preset with its rules in words."""
    return render_page(request, "automation/presets.html", {"offers": preset_pages.offers()})


@permission_required(PERMISSION)
@require_POST
def take_over(request: HttpRequest, slug: str) -> HttpResponse:
    """Add the rules of one preset; departments and switches as asked."""
    preset = all_presets().get(slug)
    if preset is None:
        raise Http404
    added = apply_preset(
        slug,
        actor=request.user,
        now=clock.now(),
        makes=request.POST.get("makes") == "yes",
        is_enabled=request.POST.get("use") == "on",
    )
    words = ngettext("%(n)d rule was added.", "%(n)d rules were added.", len(added))
    messages.success(request, words % {"n": len(added)})
    return see_other(request, ALL[preset.kind].url())
