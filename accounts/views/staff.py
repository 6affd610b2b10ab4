"""Colleagues: who they are, what they may do, who is invited, who is locked out."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import throttle
from accounts.actions import (
    RefusedByRole,
    activate_user,
    change_staff,
    deactivate_user,
    invite_user,
    set_availability,
    withdraw_invitation,
)
from accounts.actions.invitations import Guest
from accounts.forms import InviteForm, StaffForm
from accounts.models import Invitation, User
from accounts.models.role import Permission
from accounts.people import on_shift
from accounts.views.me import me
from core import audit, clock
from core.access import permission_required
from core.rendering import render_page
from core.submissions import idempotent


@dataclass(frozen=True)
class Colleague:
    """A row of the staff list."""

    user: User
    departments: str
    skills: str
    is_locked: bool
    is_off_shift: bool


@permission_required(Permission.STAFF_CHANGE)
@require_http_methods(["GET"])
def staff(request: HttpRequest) -> HttpResponseBase:
    """Everybody who works here, and open invitations."""
    now = clock.now()
    locked = throttle.locked_accounts(now=now)
    rows = _colleagues(locked, now)
    invitations = Invitation.objects.filter(used_at=None, withdrawn_at=None, expires_at__gt=now)
    context = {
        "rows": rows,
        "locked_customers": User.objects.filter(email__in=locked, role__is_staff=False),
        "invitations": invitations.select_related("role", "invited_by"),
    }
    return render_page(request, "accounts/staff.html", context)


@permission_required(Permission.STAFF_CHANGE)
@require_http_methods(["GET", "POST"])
@idempotent
def invite(request: HttpRequest) -> HttpResponseBase:
    """Invite a colleague by mail."""
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        guest = Guest(departments=tuple(facts.pop("departments")), **facts)
        try:
            invite_user(guest, actor=me(request), now=clock.now())
        except RefusedByRole as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The invitation is on its way."))
            return redirect("accounts:staff")
    status = 422 if form.errors else 200
    return render_page(request, "accounts/invite.html", {"form": form}, status=status)


@permission_required(Permission.STAFF_CHANGE)
@require_http_methods(["GET", "POST"])
def colleague(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change what is said about a colleague."""
    user = _colleague(pk)
    form = StaffForm.opened(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            change_staff(user, facts=form.facts, actor=me(request), now=clock.now())
        except RefusedByRole as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("accounts:staff")
    status = 422 if form.errors else 200
    return render_page(
        request, "accounts/colleague.html", {"form": form, "person": user}, status=status
    )


@permission_required(Permission.STAFF_CHANGE)
@require_POST
def availability(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say for a colleague whether they take new tickets: somebody fell ill."""
    chosen = request.POST.get("availability", "")
    try:
        set_availability(_colleague(pk), availability=chosen, actor=me(request), now=clock.now())
    except ValueError:
        return HttpResponse(status=422)
    except RefusedByRole as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:colleague", pk)


@permission_required(Permission.STAFF_CHANGE)
@require_POST
def activity(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Lock a colleague out, or let them in again."""
    user = _colleague(pk)
    act = deactivate_user if user.is_active else activate_user
    try:
        act(user, actor=me(request), now=clock.now())
    except RefusedByRole as refusal:
        messages.error(request, str(refusal))
    return redirect("accounts:staff")


@permission_required(Permission.STAFF_CHANGE)
@require_POST
def unlock(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Forget the wrong passwords typed for an account, a customer's too (R177)."""
    user = get_object_or_404(User, pk=pk)
    throttle.unlock(user.email)
    audit.record("unlocked", user, actor=request.user, request=request)
    messages.success(request, _("%(name)s may try again.") % {"name": user.display_name})
    return redirect("accounts:staff")


@permission_required(Permission.STAFF_CHANGE)
@require_POST
def invitation_removal(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Withdraw an invitation."""
    withdraw_invitation(get_object_or_404(Invitation, pk=pk), actor=me(request), now=clock.now())
    return redirect("accounts:staff")


def _colleagues(locked: Collection[str], now: datetime) -> list[Colleague]:
    people = User.objects.get_queryset().filter(role__is_staff=True).order_by("-is_active", "name")
    found = list(people.select_related("manager").prefetch_related("departments", "skills"))
    here = on_shift(found, now)
    return [
        Colleague(
            user=user,
            departments=", ".join(sorted(row.name for row in user.departments.all())),
            skills=", ".join(skill.name for skill in user.skills.all()),
            is_locked=user.email in locked,
            is_off_shift=user.pk not in here,
        )
        for user in found
    ]


def _colleague(pk: int) -> User:
    return get_object_or_404(User.objects.get_queryset(), pk=pk, role__is_staff=True)
