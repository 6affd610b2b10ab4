"""What people set about themselves; each field saves by itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import change_profile, set_availability
from accounts.forms import ProfileForm
from accounts.models import User
from core.access import safe_next, staff_required
from core.rendering import render_page, with_flash


@staff_required
@require_http_methods(["GET", "POST"])
def profile(request: HttpRequest) -> HttpResponseBase:
    """Signature, zone, language, looks, keys."""
    user = _me(request)
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=user.pk))
    if request.method == "POST" and form.is_valid():
        user = change_profile(user, changes=form.cleaned_data)
        if getattr(request, "htmx", False):
            return with_flash(HttpResponse(status=204), _("Saved"))
        messages.success(request, _("Saved"))
        return redirect("accounts:profile")
    status = 422 if form.errors else 200
    context = {"form": form, "here": timezone.localtime()}
    return render_page(request, "accounts/profile.html", context, status=status)


@staff_required
@require_POST
def availability(request: HttpRequest) -> HttpResponseBase:
    """Available, away, or do not disturb."""
    try:
        set_availability(_me(request), availability=request.POST.get("availability", ""))
    except ValueError:
        return HttpResponse(status=422)
    if getattr(request, "htmx", False):
        return with_flash(HttpResponse(status=204), _("Saved"))
    return redirect(safe_next(request, default="/admin"))


def _me(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise TypeError("a guarded view has a user")
    return request.user
