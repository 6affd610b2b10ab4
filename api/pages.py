"""Keys in the settings: the list, a new one with its secret shown once, and its end (X-26)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models.role import Permission
from accounts.views.me import me
from api import actions
from api.forms import KeyForm
from api.models import ApiKey
from api.scopes import SCOPES
from core import clock
from core.access import permission_required
from core.option_pages import OptionPage
from core.rendering import render_page, see_other
from core.submissions import idempotent

settings_page = OptionPage(
    url_prefix="admin/api_keys/settings",
    url_name="api_settings",
    title=gettext_lazy("API"),
    purpose=gettext_lazy("How often one key may ask."),
    keys=["api.requests_per_minute"],
)


@dataclass(frozen=True)
class KeyLine:
    """A key as the list shows it."""

    key: ApiKey
    scopes: list[Any]
    state: str
    tone: str
    is_alive: bool


@permission_required(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
@idempotent
def keys(request: HttpRequest) -> HttpResponseBase:
    """All keys; a new one answers with its secret, which is kept nowhere and never shown again."""
    now = clock.now()
    if request.method == "POST":
        return _created(request, KeyForm(request.POST, owner=me(request)), now)
    lines = [_line(key, now) for key in ApiKey.objects.with_owner()]
    return render_page(request, "api/keys.html", {"lines": lines})


@permission_required(Permission.SETTINGS_CHANGE)
@require_safe
def key_add(request: HttpRequest) -> HttpResponseBase:
    """What the new key is for; the form is sent to the list."""
    return render_page(request, "api/key_form.html", {"form": KeyForm(owner=me(request))})


@permission_required(Permission.SETTINGS_CHANGE)
@require_http_methods(["GET", "HEAD", "POST"])
def revocation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Asks once more, then ends the key."""
    key = get_object_or_404(ApiKey.objects.with_owner(), pk=pk)
    if request.method != "POST":
        line = _line(key, clock.now())
        return render_page(request, "api/revocation.html", {"line": line})
    actions.revoke_key(key, actor=me(request), now=clock.now())
    messages.success(request, _("%(name)s was revoked.") % {"name": key})
    return see_other(request, reverse("api_keys"))


def _created(request: HttpRequest, form: KeyForm, now: datetime) -> HttpResponseBase:
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return render_page(request, "api/key_form.html", {"form": form}, status=status)
    new = actions.create_key(
        form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        expires_at=form.expires_at(now),
        actor=me(request),
        now=now,
    )
    # No way on to another address: the secret would have to be kept until that one is asked.
    response = render_page(request, "api/key_new.html", {"new": new})
    response["Cache-Control"] = "no-store"
    return response


def _line(key: ApiKey, now: datetime) -> KeyLine:
    scopes = [SCOPES[name] for name in key.scopes if name in SCOPES]
    lost = [scope for scope in scopes if not scope.is_within(key.owner)]
    state, tone = _state(key, now, has_lost=bool(lost))
    return KeyLine(key, [scope.label for scope in scopes], state, tone, key.is_alive(now))


def _state(key: ApiKey, now: datetime, *, has_lost: bool) -> tuple[str, str]:
    """The state in words, and the colour of its mark."""
    if key.is_revoked:
        return _("Revoked"), ""
    if key.is_expired(now):
        return _("Expired"), ""
    if not key.owner.is_staff:
        return _("The owner has left"), "tag--danger"
    if has_lost:
        return _("The owner lost a right"), "tag--warn"
    return _("In use") if key.last_used_at else _("Not used yet"), "tag--ok"
