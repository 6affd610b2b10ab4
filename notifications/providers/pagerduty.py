"""PagerDuty's Events API v2: trigger, acknowledge, resolve."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from core.http import Answer
from notifications.calls import Ask, Call, Outcome, failed, judged, sent
from notifications.models import Endpoint, NoticeDelivery
from notifications.providers.texts import full_url

ADDRESSES = {
    "us": "https://events.pagerduty.com/v2/enqueue",
    "eu": "https://events.eu.pagerduty.com/v2/enqueue",
}
ACTIONS = frozenset(["trigger", "acknowledge", "resolve"])
MAX_SUMMARY, MAX_KEY = 1_024, 255


def send(row: NoticeDelivery, endpoint: Endpoint, ask: Ask) -> Outcome:
    """Open, acknowledge or resolve an incident; the same key is the same incident."""
    key = endpoint.secrets.get("routing_key", "")
    asked = row.payload or {}
    action = str(asked.get("action") or "trigger")
    if not key:
        return failed(_("No integration key is set."))
    if action not in ACTIONS:
        return failed(_("PagerDuty knows no action %(action)s.") % {"action": action})
    dedup_key = str(asked.get("dedup_key") or row.about or row.idempotency_key)[:MAX_KEY]
    event: dict[str, Any] = {
        "routing_key": key,
        "event_action": action,
        "dedup_key": dedup_key,
    }
    if action == "trigger":
        event |= _incident(row)
    address = ADDRESSES[str(endpoint.settings.get("region") or "us")]
    content = json.dumps(event).encode()
    answer = ask(Call(url=address, content=content, headers={"Content-Type": "application/json"}))
    return sent(dedup_key) if answer.is_success else judged(answer, _words(answer))


def _incident(row: NoticeDelivery) -> dict[str, Any]:
    incident: dict[str, Any] = {
        "payload": {
            "summary": row.title[:MAX_SUMMARY],
            "source": settings.SITE_URL,
            "severity": "critical" if row.is_urgent else "warning",
            "custom_details": {"text": row.body},
        }
    }
    if url := full_url(row):
        incident["links"] = [{"href": url, "text": row.title}]
    return incident


def _words(answer: Answer) -> str:
    """What PagerDuty calls wrong; it names fields and never repeats the key."""
    try:
        errors = json.loads(answer.body).get("errors") or []
    except (ValueError, AttributeError):
        return ""
    named = "; ".join(str(error) for error in errors[:3]) if isinstance(errors, list) else ""
    if not named:
        return ""
    return _("PagerDuty refused it: %(errors)s.") % {"errors": named[:200].rstrip(".")}
