"""The history of one kind of rules, and the way back (N11); conflicts among them."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from automation.conflicts import conflicts_in_detail
from automation.models import RuleSetVersion
from automation.restoring import restore_rules
from automation.tables import ALL, PERMISSION
from automation.version_pages import changes_back_to, page
from core import clock
from core.access import permission_required
from core.rendering import render_page, see_other


@permission_required(PERMISSION)
@require_safe
def show(request: HttpRequest, kind: str) -> HttpResponse:
    """Every version with what it changed, the newest first."""
    if kind not in ALL:
        raise Http404
    before = request.GET.get("before", "")
    found = page(kind, int(before) if before.isdecimal() else None)
    here = reverse("rule_versions", args=[kind])
    more = f"{here}?before={found.next_before}" if found.next_before else ""
    context = {"lines": found.lines, "next_url": more, "table": ALL[kind]}
    return render_page(request, "automation/versions.html", context)


@permission_required(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def restoration(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """What bringing back the rules of a version changes; a POST does it."""
    version = get_object_or_404(RuleSetVersion, kind=kind, pk=pk)
    if request.method != "POST":
        context = {"version": version, "changes": changes_back_to(version), "table": ALL[kind]}
        return render_page(request, "automation/restoration.html", context)
    try:
        restore_rules(version, actor=request.user, now=clock.now())
    except ValidationError as refusal:
        messages.info(request, " ".join(refusal.messages))
    else:
        messages.success(request, _("The earlier rules are in force again."))
    return see_other(request, ALL[kind].url())


@permission_required(PERMISSION)
@require_safe
def conflicts(request: HttpRequest) -> HttpResponse:
    """Rules that get in each other's way, kind by kind."""
    reports = [(table, conflicts_in_detail(kind)) for kind, table in ALL.items()]
    found = [(table, report) for table, report in reports if not report.is_empty]
    return render_page(request, "automation/conflicts.html", {"reports": found})
