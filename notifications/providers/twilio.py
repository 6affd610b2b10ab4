"""Text messages by Twilio's Messages API; STOP is theirs and ours (R114)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.http import Answer
from notifications.calls import Ask, Call, Outcome, failed, judged, sent
from notifications.models import Endpoint, NoticeDelivery
from notifications.providers.texts import full_url

API = "https://api.twilio.com/2010-04-01"
OPTED_OUT = 21610
MAX_TITLE = 300

WORDS: dict[int, Any] = {
    20003: gettext_lazy("Twilio does not accept the account or its token."),
    20404: gettext_lazy("Twilio does not know this account."),
    20429: gettext_lazy("Twilio is asked too often."),
    21211: gettext_lazy("The number is not a valid telephone number."),
    21214: gettext_lazy("The number can't be reached."),
    21408: gettext_lazy("The Twilio account may not send to this country."),
    21606: gettext_lazy("The sender's number can't send text messages."),
    OPTED_OUT: gettext_lazy("This person ended text messages by STOP."),
    21612: gettext_lazy("Text messages can't be sent from the sender's number to this one."),
    21614: gettext_lazy("The number is not a mobile telephone."),
    21617: gettext_lazy("The text is too long."),
}


def send(row: NoticeDelivery, endpoint: Endpoint, ask: Ask) -> Outcome:
    """Text the person, or the number in the payload."""
    number = row.user.phone if row.user else str((row.payload or {}).get("to", ""))
    if not number:
        return failed(_("There is no phone number."))
    if row.user and not row.user.takes_sms:
        return failed(str(WORDS[OPTED_OUT]))
    account = str(endpoint.settings.get("account", ""))
    form = {"To": number, "From": str(endpoint.settings.get("sender", "")), "Body": _text(row)}
    answer = ask(
        Call(
            url=f"{API}/Accounts/{quote(account, safe='')}/Messages.json",
            content=urlencode(form).encode(),
            headers={
                "Authorization": _basic(account, endpoint.secrets.get("token", "")),
                "Content-Type": "application/x-www-form-urlencoded",
                "I-Twilio-Idempotency-Token": row.idempotency_key,
            },
        )
    )
    return sent(str(_facts(answer).get("sid", ""))) if answer.is_success else _refused(answer)


def signature(token: str, *, url: str, fields: Mapping[str, str]) -> str:
    """What Twilio puts into X-Twilio-Signature: the address and all fields in their order."""
    text = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
    digest = hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _refused(answer: Answer) -> Outcome:
    code = _facts(answer).get("code")
    words = str(WORDS[code]) if code in WORDS else ""
    outcome = judged(answer, words)
    if code == OPTED_OUT:
        return Outcome(state="failed", words=outcome.words, is_opt_out=True)
    return outcome


def _text(row: NoticeDelivery) -> str:
    stop = _("Reply STOP to unsubscribe.")
    return "\n".join(part for part in (row.title[:MAX_TITLE], full_url(row), stop) if part)


def _basic(account: str, token: str) -> str:
    return "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()


def _facts(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
