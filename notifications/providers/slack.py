"""Slack: an incoming webhook for one channel, or a bot's token for channels and people."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.http import Answer
from notifications.calls import Ask, Call, Outcome, failed, judged, sent
from notifications.models import Endpoint, NoticeDelivery
from notifications.providers.texts import full_url

API = "https://slack.com/api"
MAX_TEXT = 3_000

WORDS: dict[str, Any] = {
    "invalid_auth": gettext_lazy("Slack does not accept the token."),
    "not_authed": gettext_lazy("Slack does not accept the token."),
    "token_revoked": gettext_lazy("The token was revoked in Slack."),
    "token_expired": gettext_lazy("The token has expired."),
    "account_inactive": gettext_lazy("The bot was removed from the Slack workspace."),
    "missing_scope": gettext_lazy("The bot lacks a permission in Slack (missing_scope)."),
    "channel_not_found": gettext_lazy("Slack knows no such channel."),
    "not_in_channel": gettext_lazy("Invite the bot into the channel first."),
    "is_archived": gettext_lazy("The channel is archived."),
    "channel_is_archived": gettext_lazy("The channel is archived."),
    "no_service": gettext_lazy("The webhook was removed in Slack."),
    "no_active_hooks": gettext_lazy("The webhook was removed in Slack."),
    "invalid_token": gettext_lazy("Slack does not know this webhook."),
    "users_not_found": gettext_lazy("Nobody in the Slack workspace has this e-mail address."),
}
# Slack answers 200 to these as well; they pass by themselves.
PASSING = frozenset(
    ["ratelimited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"]
)


def send(row: NoticeDelivery, endpoint: Endpoint, ask: Ask) -> Outcome:
    """Post to the channel of the endpoint, or to the person."""
    secrets = endpoint.secrets
    token, hook = secrets.get("token", ""), secrets.get("webhook_url", "")
    if row.user is not None and token:
        return _to_person(row, token, ask)
    if hook:
        return _hooked(ask(Call(url=hook, content=_json(text=_text(row)), headers=_headers())))
    if not token:
        return failed(_("No token or webhook address is set."))
    target = (row.payload or {}).get("channel") or endpoint.settings.get("channel", "")
    return _posted(row, str(target), token, ask)


def _to_person(row: NoticeDelivery, token: str, ask: Ask) -> Outcome:
    """People are found by their e-mail address."""
    query = urlencode({"email": row.user.email if row.user else ""})
    url = f"{API}/users.lookupByEmail?{query}"
    answer = ask(Call(url=url, headers=_headers(token), method="GET"))
    facts = _facts(answer)
    if not facts.get("ok"):
        return _refused(answer, facts)
    return _posted(row, str(facts.get("user", {}).get("id", "")), token, ask)


def _posted(row: NoticeDelivery, target: str, token: str, ask: Ask) -> Outcome:
    if not target:
        return failed(_("No Slack channel is set."))
    content = _json(channel=target, text=_text(row), unfurl_links=False)
    answer = ask(Call(url=f"{API}/chat.postMessage", content=content, headers=_headers(token)))
    facts = _facts(answer)
    return sent(str(facts.get("ts", ""))) if facts.get("ok") else _refused(answer, facts)


def _hooked(answer: Answer) -> Outcome:
    if answer.is_success:
        return sent()
    code = answer.body[:60].decode("utf-8", "replace").strip()
    return judged(answer, _plain(code))


def _refused(answer: Answer, facts: dict[str, Any]) -> Outcome:
    code = str(facts.get("error", ""))
    outcome = judged(answer, _plain(code))
    if code in PASSING:
        return Outcome(state="retry", words=outcome.words, pause=outcome.pause)
    return outcome


def _plain(code: str) -> str:
    if code in WORDS:
        return str(WORDS[code])
    return _("Slack refused it: %(code)s.") % {"code": code} if code.isidentifier() else ""


def _text(row: NoticeDelivery) -> str:
    """Slack's own markup: the title links to its page."""
    url, title = full_url(row), f"*{_escaped(row.title)}*"
    head = f"<{url}|{_escaped(row.title)}>" if url else title
    return f"{head}\n{_escaped(row.body)}".strip()[:MAX_TEXT]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _facts(answer: Answer) -> dict[str, Any]:
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _headers(token: str = "") -> dict[str, str]:
    kind = {"Content-Type": "application/json; charset=utf-8"}
    return kind | {"Authorization": f"Bearer {token}"} if token else kind


def _json(**facts: Any) -> bytes:
    return json.dumps(facts).encode()
