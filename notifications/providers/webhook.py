"""Any other service: JSON by POST, signed so that it can't be forged or replayed (X-42)."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from notifications.calls import Ask, Call, Outcome, failed, judged, sent
from notifications.models import Endpoint, NoticeDelivery
from notifications.providers.texts import full_url


def send(row: NoticeDelivery, endpoint: Endpoint, ask: Ask, *, now: datetime) -> Outcome:
    """Post the payload, or the notice itself, to the address of the endpoint."""
    url = str(endpoint.settings.get("url", ""))
    if not url:
        return failed(_("No address is set."))
    secrets = endpoint.secrets
    content = json.dumps(row.payload or _facts(row), cls=DjangoJSONEncoder).encode()
    keys = [secrets[name] for name in ("key", "previous_key") if secrets.get(name)]
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Helpdesk",
        **signed_headers(content, identity=row.idempotency_key, keys=keys, now=now),
    }
    if authorization := secrets.get("authorization"):
        headers["Authorization"] = authorization
    answer = ask(Call(url=url, content=content, headers=headers))
    return sent() if answer.is_success else judged(answer)


def signed_headers(
    content: bytes, *, identity: str, keys: list[str], now: datetime
) -> dict[str, str]:
    """Id, time and one signature for each key; while a key is changed there are two.

    Whoever receives it computes HMAC-SHA256 over "<timestamp>.<body>", refuses a timestamp that
    is more than five minutes off, and takes each id once (docs/webhooks.md).
    """
    moment = str(int(now.timestamp()))
    signatures = ",".join(f"v1={_signature(key, moment, content)}" for key in keys)
    return {
        "Helpdesk-Id": identity,
        "Helpdesk-Timestamp": moment,
        "Helpdesk-Signature": signatures,
    }


def _signature(key: str, moment: str, content: bytes) -> str:
    return hmac.new(key.encode(), moment.encode() + b"." + content, hashlib.sha256).hexdigest()


def _facts(row: NoticeDelivery) -> dict[str, Any]:
    return {
        "id": row.idempotency_key,
        "kind": row.kind,
        "title": row.title,
        "body": row.body,
        "url": full_url(row),
        "about": row.about,
        "at": row.created_at,
    }
