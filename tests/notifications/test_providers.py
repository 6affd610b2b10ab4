"""Slack, Twilio, PagerDuty and webhooks over real HTTP, and what they say no with."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac

import pytest

from notifications import dispatch
from notifications.actions import EndpointFacts, drop_previous_key, notify, save_endpoint
from notifications.actions import tell_endpoint as tell
from notifications.models import NoticeDelivery
from tests.notifications.conftest import ACCOUNT, NOON, TOKEN

pytestmark = pytest.mark.django_db


def send() -> NoticeDelivery:
    dispatch.send_due(now=lambda: NOON)
    return NoticeDelivery.objects.latest("pk")


def test_slack_takes_a_notice_by_webhook_with_its_markup_escaped(
    lunch, make_endpoint, service, settings
) -> None:
    endpoint = make_endpoint("slack", secrets={"webhook_url": f"{service.url}/services/T0/B0"})
    tell(endpoint, lunch, key="x", now=NOON)
    assert send().state == "sent"
    (taken,) = service.taken
    assert taken.path == "/services/T0/B0"
    text = f"<{settings.SITE_URL}/admin/soup|Soup is ready>\nLentils &lt;today&gt;."
    assert taken.json == {"text": text}


def test_a_bot_posts_into_its_channel_or_the_one_named(lunch, bot, service) -> None:
    service.answers += [(200, {"ok": True, "ts": "1.2"})]
    tell(bot, lunch, key="x", now=NOON)
    assert send().reference == "1.2"
    tell(bot, lunch, key="y", now=NOON, payload={"channel": "#fire"})
    send()
    assert [taken.json["channel"] for taken in service.taken] == ["#house", "#fire"]
    assert service.taken[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_person_is_found_in_slack_by_mail_address(lunch, ada, bot, service) -> None:
    service.answers += [(200, {"ok": True, "user": {"id": "U7"}})]
    notify([ada], lunch, key="x", now=NOON, channels=("slack",))
    assert send().state == "sent"
    asked, posted = service.taken
    assert asked.path == "/slack/users.lookupByEmail?email=ada%40company.example"
    assert posted.json["channel"] == "U7"


@pytest.mark.parametrize(
    ("code", "state", "words"),
    [
        ("channel_not_found", "failed", "no such channel"),
        ("invalid_auth", "failed", "does not accept the token"),
        ("something_new", "failed", "something_new"),
        ("ratelimited", "pending", "ratelimited"),
    ],
)
def test_slack_says_no_with_200(lunch, bot, service, code: str, state: str, words: str) -> None:
    service.answers += [(200, {"ok": False, "error": code})]
    tell(bot, lunch, key="x", now=NOON)
    row = send()
    assert row.state == state
    assert words in row.last_error


def test_twilio_texts_a_person_with_the_key_and_the_way_out(
    lunch, ada_with_phone, texting, service
) -> None:
    service.answers += [(201, {"sid": "SM1"})]
    notify([ada_with_phone], lunch, key="x", now=NOON, channels=("sms",))
    row = send()
    assert (row.state, row.reference) == ("sent", "SM1")
    (taken,) = service.taken
    assert taken.path == f"/twilio/Accounts/{ACCOUNT}/Messages.json"
    login = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert taken.headers["Authorization"] == f"Basic {login}"
    assert taken.headers["I-Twilio-Idempotency-Token"] == row.idempotency_key
    assert (taken.form["To"], taken.form["From"]) == ("+4915112345678", "+15005550006")
    assert "STOP" in taken.form["Body"]


def test_who_stopped_is_texted_no_more(lunch, ada_with_phone, texting, service) -> None:
    service.answers += [(400, {"code": 21610, "message": "unsubscribed"})]
    notify([ada_with_phone], lunch, key="x", now=NOON, channels=("sms",))
    row = send()
    assert (row.state, row.last_error) == ("failed", "This person ended text messages by STOP.")
    ada_with_phone.refresh_from_db()
    assert ada_with_phone.sms_opted_out_at == NOON
    notify([ada_with_phone], lunch, key="y", now=NOON, channels=("sms",))
    assert send().state == "cancelled"
    assert len(service.taken) == 1


def test_a_number_outside_is_texted_by_payload(lunch, texting, service) -> None:
    tell(texting, lunch, key="x", now=NOON, payload={"to": "+442071838750"})
    send()
    assert service.taken[0].form["To"] == "+442071838750"


def test_pagerduty_opens_acknowledges_and_resolves_one_incident(
    lunch, make_endpoint, service
) -> None:
    endpoint = make_endpoint("pagerduty", secrets={"routing_key": "r" * 32})
    urgent = dataclasses.replace(lunch, is_urgent=True)
    for action in ("trigger", "acknowledge", "resolve"):
        payload = {"action": action, "dedup_key": "page:7"}
        tell(endpoint, urgent, key=action, now=NOON, payload=payload)
        assert send().reference == "page:7"
    events = [taken.json for taken in service.taken]
    assert [event["event_action"] for event in events] == ["trigger", "acknowledge", "resolve"]
    assert {event["dedup_key"] for event in events} == {"page:7"}
    assert events[0]["payload"]["severity"] == "critical"
    assert "payload" not in events[1]


def test_pagerduty_names_what_is_wrong(lunch, make_endpoint, service) -> None:
    endpoint = make_endpoint("pagerduty", secrets={"routing_key": "r" * 32})
    service.answers += [(400, {"errors": ["'routing_key' is invalid."]})]
    tell(endpoint, lunch, key="x", now=NOON)
    assert send().last_error == "PagerDuty refused it: 'routing_key' is invalid."


def signed(key: str, taken) -> str:
    text = taken.headers["Helpdesk-Timestamp"].encode() + b"." + taken.body
    return "v1=" + hmac.new(key.encode(), text, hashlib.sha256).hexdigest()


def test_a_webhook_is_signed_over_time_and_body_and_has_an_id(lunch, webhook, service) -> None:
    row = tell(webhook, lunch, key="x", now=NOON)
    send()
    (taken,) = service.taken
    assert taken.headers["Helpdesk-Id"] == row.idempotency_key == taken.json["id"]
    assert taken.headers["Helpdesk-Timestamp"] == str(int(NOON.timestamp()))
    assert taken.headers["Helpdesk-Signature"] == signed("k" * 20, taken)
    assert (taken.json["title"], taken.json["about"]) == ("Soup is ready", "soup:1")


def test_a_payload_is_the_whole_body(lunch, webhook, service) -> None:
    tell(webhook, lunch, key="x", now=NOON, payload={"title": "Bug", "labels": ["a"]})
    send()
    assert service.taken[0].json == {"title": "Bug", "labels": ["a"]}


def test_two_keys_sign_while_one_takes_over_from_the_other(lunch, webhook, service, max_) -> None:
    facts = EndpointFacts(
        kind="webhook",
        name="Our webhook",
        is_enabled=True,
        settings=webhook.settings,
        secrets={"key": "n" * 20},
    )
    row = save_endpoint(webhook, facts=facts, actor=max_, now=NOON)
    tell(row, lunch, key="x", now=NOON)
    send()
    taken = service.taken[0]
    both = f"{signed('n' * 20, taken)},{signed('k' * 20, taken)}"
    assert taken.headers["Helpdesk-Signature"] == both
    drop_previous_key(row, actor=max_, now=NOON)
    tell(row, lunch, key="y", now=NOON)
    send()
    assert service.taken[1].headers["Helpdesk-Signature"] == signed("n" * 20, service.taken[1])
