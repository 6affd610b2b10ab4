"""What people set about themselves; each field saves by itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import (
    change_profile,
    note_sms_opt_in,
    note_sms_opt_out,
    set_availability,
)
from accounts.forms import ProfileForm
from accounts.models import User
from accounts.models.role import Permission
from accounts.views.me import me
from core import clock
from core.access import safe_next, staff_required
from core.rendering import render_page, see_other, wants_fragment, with_flash

PAGE = "accounts/profile.html"


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponseBase:
    """Phone, signature, zone, language, looks, keys; with htmx the one field that changed."""
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=me(request).pk))
    may_hold_keys = me(request).may(Permission.SETTINGS_CHANGE)
    context = {"form": form, "here": timezone.localtime(), "may_hold_keys": may_hold_keys}
    if not form.is_bound:
        return render_page(request, PAGE, context)
    touched = form.touched(request.headers.get("HX-Trigger-Name", ""))
    if not touched:
        return render_page(request, PAGE, context, fragment="about", status=422)
    change_profile(me(request), changes=touched)
    if wants_fragment(request):
        return with_flash(HttpResponse(status=204), _("Saved"))
    messages.success(request, _("Your profile was saved."))
    return see_other(request, request.path)


@staff_required
@require_POST
def availability(request: HttpRequest) -> HttpResponseBase:
    """Available, away, do not disturb, or unavailable."""
    chosen, actor = request.POST.get("availability", ""), me(request)
    try:
        set_availability(actor, availability=chosen, actor=actor, now=clock.now())
    except ValueError:
        return HttpResponse(status=422)
    if wants_fragment(request):
        return with_flash(HttpResponse(status=204), _("Saved"))
    return see_other(request, safe_next(request, default="/admin"))


@staff_required
@require_POST
def text_messages(request: HttpRequest) -> HttpResponseBase:
    """Text messages again after a STOP, or none from now on (R114)."""
    note = note_sms_opt_in if me(request).sms_opted_out_at else note_sms_opt_out
    note(me(request), now=clock.now())
    messages.success(request, _("Your profile was saved."))
    return see_other(request, reverse("accounts:profile"))
