"""The one module of the post office that talks to outside services, through core/http.py."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from core.http import Answer, FetchFailed, FetchRefused, fetch
from core.sealing import CannotUnseal
from notifications.calls import Call, Outcome, failed
from notifications.models import Endpoint, NoticeDelivery
from notifications.providers import pagerduty, slack, twilio, webhook

MAX_BYTES = 100_000
# Longer than two requests may take, so that nobody else takes up the row meanwhile.
LEASE = timedelta(seconds=60)


def deliver(row: NoticeDelivery, *, now: datetime) -> Outcome:
    """Hand one row to its service; whatever the service does, an outcome comes back."""
    endpoint = row.endpoint
    if endpoint is None:
        return failed(_("The service was removed."))
    if not endpoint.is_enabled:
        return failed(_("%(name)s is switched off.") % {"name": endpoint.name})
    try:
        return _sent(row, endpoint, now)
    except CannotUnseal:
        return failed(_("The secret can't be read with the keys of this installation."))
    except FetchRefused as refusal:
        return failed(_("The address is not allowed: %(reason)s.") % {"reason": refusal})
    except FetchFailed as failure:
        words = _("The service could not be reached, or did not answer in time.")
        return Outcome(state="retry", words=f"{words} ({failure})", is_unreachable=True)


def _sent(row: NoticeDelivery, endpoint: Endpoint, now: datetime) -> Outcome:
    if endpoint.kind == Endpoint.Kind.WEBHOOK:
        return webhook.send(row, endpoint, _ask, now=now)
    provider = {
        Endpoint.Kind.SLACK: slack.send,
        Endpoint.Kind.SMS: twilio.send,
        Endpoint.Kind.PAGERDUTY: pagerduty.send,
    }[Endpoint.Kind(endpoint.kind)]
    return provider(row, endpoint, _ask)


def _ask(call: Call) -> Answer:
    return fetch(
        call.method,
        call.url,
        headers=dict(call.headers),
        content=call.content,
        max_bytes=MAX_BYTES,
    )
