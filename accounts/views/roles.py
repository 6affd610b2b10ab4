"""The matrix of roles and permissions."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import matrix
from accounts.actions import RefusedByRole, change_permissions
from accounts.models import User
from accounts.models.role import Permission
from accounts.views.me import me
from core.access import permission_required
from core.rendering import render_page, see_other


@permission_required(Permission.STAFF_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def roles(request: HttpRequest) -> HttpResponse:
    """What each role allows; boxes beyond the reader's own role are fixed."""
    columns, actor = matrix.staff_roles(), me(request)
    if request.method == "POST":
        try:
            _change(matrix.changes(request.POST, columns), actor)
        except RefusedByRole as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The roles were saved."))
        return see_other(request, request.path)
    context = {"columns": columns, "lines": matrix.lines(columns, actor=actor)}
    return render_page(request, "accounts/roles.html", context)


@transaction.atomic
def _change(changes: list[matrix.Change], actor: User) -> None:
    for change in changes:
        change_permissions(change.role, added=change.added, removed=change.removed, actor=actor)
