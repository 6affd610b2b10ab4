"""What outside services tell us: text messages that came back (R114)."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core import clock
from notifications.actions import known_secrets, receive_text
from notifications.models import Endpoint
from notifications.providers.twilio import signature

EMPTY_ANSWER = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@csrf_exempt
@require_POST
def sms(request: HttpRequest, slug: str) -> HttpResponse:
    """A text message, signed by Twilio; unsigned ones are refused and change nothing."""
    endpoint = get_object_or_404(Endpoint.objects.active(), slug=slug, kind=Endpoint.Kind.SMS)
    if not _is_signed(request, endpoint):
        return HttpResponse(status=403)
    if request.POST.get("AccountSid") != endpoint.settings.get("account"):
        raise Http404
    phone, text = request.POST.get("From", ""), request.POST.get("Body", "")
    receive_text(phone, text=text.replace("\x00", ""), now=clock.now())
    return HttpResponse(EMPTY_ANSWER, content_type="text/xml")


def _is_signed(request: HttpRequest, endpoint: Endpoint) -> bool:
    """Twilio signs the address it was given: ours, whatever stands between us and it."""
    token = known_secrets(endpoint).get("token", "")
    given = request.headers.get("X-Twilio-Signature", "")
    url = f"{settings.SITE_URL}{request.get_full_path()}"
    fields = {name: str(request.POST[name]) for name in request.POST}
    wanted = signature(token, url=url, fields=fields)
    return bool(token) and hmac.compare_digest(wanted.encode(), given.encode())
