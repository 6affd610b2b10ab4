"""Whatever a service does: no notice is lost, none is told twice as two, and the words are plain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core import clock
from core.models import AuditEntry
from notifications import dispatch, health
from notifications.actions import tell_endpoint as tell
from notifications.models import Endpoint, NoticeDelivery
from tests.notifications.conftest import NOON

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def send(at=NOON) -> NoticeDelivery:
    dispatch.send_due(now=lambda: at)
    return NoticeDelivery.objects.earliest("pk")


@pytest.mark.parametrize("fault", [500, 503, 408, "cut", "mute"])
def test_a_passing_fault_is_tried_again_with_the_same_id(lunch, webhook, service, fault) -> None:
    service.answers += [fault]
    tell(webhook, lunch, key="x", now=NOON)
    row = send()
    assert (row.state, row.attempts) == ("pending", 1)
    assert 0.7 * MINUTE < row.due_at - NOON < 1.3 * MINUTE
    assert send(NOON + 2 * MINUTE).state == "sent"
    assert len({taken.headers["Helpdesk-Id"] for taken in service.taken}) == 1
    assert NoticeDelivery.objects.count() == 1


def test_a_service_that_takes_it_and_hangs_up_gets_it_again_by_the_same_id(
    lunch, texting, service
) -> None:
    service.answers += ["cut"]
    tell(texting, lunch, key="x", now=NOON, payload={"to": "+442071838750"})
    send()
    send(NOON + 2 * MINUTE)
    first, second = service.taken
    name = "I-Twilio-Idempotency-Token"
    assert first.headers[name] == second.headers[name]


def test_too_many_requests_wait_as_long_as_asked(lunch, webhook, service) -> None:
    service.answers += [(429, {}, {"Retry-After": "900"})]
    tell(webhook, lunch, key="x", now=NOON)
    assert send().due_at - NOON == 15 * MINUTE


@pytest.mark.parametrize("text", ["soon", "-5", "", "Wed, 21 Oct 2026 07:28:00 GMT", "9" * 50])
def test_odd_wishes_to_wait_are_no_harm(lunch, webhook, service, text: str) -> None:
    service.answers += [(503, {}, {"Retry-After": text})]
    tell(webhook, lunch, key="x", now=NOON)
    assert timedelta(0) < send().due_at - NOON <= timedelta(days=1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 302])
def test_a_refusal_is_final_and_said_plainly(lunch, webhook, service, status: int) -> None:
    service.answers += [(status, {"secret": "inner words"})]
    tell(webhook, lunch, key="x", now=NOON)
    row = send()
    assert row.state == "failed"
    assert row.last_error == f"The service answered {status}."


def test_bad_credentials_are_named_as_such(lunch, texting, service) -> None:
    service.answers += [(401, {"code": 20003, "message": "Authenticate"})]
    tell(texting, lunch, key="x", now=NOON, payload={"to": "+442071838750"})
    assert send().last_error == "Twilio does not accept the account or its token."


def test_an_address_inside_the_network_is_refused(lunch, make_endpoint, settings) -> None:
    settings.HTTP_ALLOW = []
    inner = make_endpoint("webhook", secrets={"key": "k"}, url="http://127.0.0.1/hook")
    tell(inner, lunch, key="x", now=NOON)
    row = send()
    assert row.state == "failed"
    assert "not allowed" in row.last_error


def test_a_dead_service_is_asked_once_in_a_run_and_others_go_on(
    lunch, make_endpoint, webhook, service, settings
) -> None:
    settings.HTTP_ALLOW = [*settings.HTTP_ALLOW, "127.0.0.1:1"]
    dead = make_endpoint("slack", secrets={"webhook_url": "http://127.0.0.1:1/x"})
    for n in range(3):
        tell(dead, lunch, key=f"{n}", now=NOON)
    tell(webhook, lunch, key="x", now=NOON)
    send()
    assert [row.attempts for row in dead.deliveries.order_by("pk")] == [1, 0, 0]
    assert webhook.deliveries.get().state == "sent"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"is_enabled": False}, "switched off"),
        ({"sealed_secret": b"sealed with a key that is gone"}, "can't be read"),
        ({"settings": {}}, "No address"),
    ],
)
def test_a_service_that_is_not_ready_is_said_so(lunch, webhook, change: dict, words: str) -> None:
    tell(webhook, lunch, key="x", now=NOON)
    Endpoint.objects.update(**change)
    row = send()
    assert row.state == "failed"
    assert words in row.last_error


def test_a_worker_killed_between_claim_and_answer_sends_the_same_notice_again(
    lunch, webhook, service, monkeypatch
) -> None:
    tell(webhook, lunch, key="x", now=NOON)

    def die(*_args) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(dispatch, "_settle", die)
        with pytest.raises(SystemExit):
            send()
    assert NoticeDelivery.objects.get().state == "sending"
    assert send(NOON + 2 * MINUTE).state == "sent"
    assert len({taken.headers["Helpdesk-Id"] for taken in service.taken}) == 1
    assert (len(service.taken), NoticeDelivery.objects.count()) == (2, 1)


def test_what_failed_shows_on_the_system_page_and_can_be_sent_again(
    lunch, webhook, service, max_, sign_in
) -> None:
    service.answers += [404]
    tell(webhook, lunch, key="x", now=NOON)
    row = send()
    with clock.moved_to(NOON):
        assert not health.failing_notices().is_well
    client = sign_in(max_)
    page = client.get("/admin/notifications/deliveries?state=failed").content.decode()
    assert "The service answered 404." in page
    client.post(f"/admin/notifications/deliveries/{row.pk}/sending")
    assert AuditEntry.objects.filter(verb="delivery_redriven").exists()
    assert send(clock.now()).state == "sent"
