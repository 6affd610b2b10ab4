"""Text messages that come back: signed by Twilio, STOP and START honoured (R114)."""

from __future__ import annotations

import pytest
from django.test import Client

from core import events
from notifications.events import SmsReceived
from notifications.providers.twilio import signature
from tests.notifications.conftest import ACCOUNT, TOKEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[SmsReceived]:
    """What somebody upstairs hears."""
    found: list[SmsReceived] = []
    monkeypatch.setitem(events._reactions, SmsReceived, [found.append])
    return found


def text(settings, body: str, *, phone: str = "+4915112345678", token: str = TOKEN, **more: str):
    fields = {"From": phone, "Body": body, "AccountSid": ACCOUNT, **more}
    signed = signature(token, url=f"{settings.SITE_URL}/hooks/sms/sms", fields=fields)
    client = Client(enforce_csrf_checks=True)
    return client.post("/hooks/sms/sms", fields, headers={"X-Twilio-Signature": signed})


@pytest.mark.parametrize("word", ["STOP", " stop. ", "Unsubscribe", "QUIT"])
def test_stop_ends_text_messages(settings, texting, ada_with_phone, word: str) -> None:
    response = text(settings, word)
    assert (response.status_code, response["Content-Type"]) == (200, "text/xml")
    ada_with_phone.refresh_from_db()
    assert not ada_with_phone.takes_sms


def test_start_begins_them_again(settings, texting, ada_with_phone) -> None:
    text(settings, "STOP")
    text(settings, "start")
    ada_with_phone.refresh_from_db()
    assert ada_with_phone.takes_sms


def test_an_answer_is_told_upstairs(settings, texting, ada_with_phone, heard) -> None:
    text(settings, "ACK 7\x00")
    (event,) = heard
    assert (event.user_id, event.text) == (ada_with_phone.pk, "ACK 7")


def test_unsigned_and_forged_messages_change_nothing(settings, texting, ada_with_phone) -> None:
    unsigned = Client().post("/hooks/sms/sms", {"From": ada_with_phone.phone, "Body": "STOP"})
    forged = text(settings, "STOP", token="somebody else's")
    foreign = text(settings, "STOP", AccountSid="AC" + "1" * 32)
    assert [unsigned.status_code, forged.status_code, foreign.status_code] == [403, 403, 404]
    ada_with_phone.refresh_from_db()
    assert ada_with_phone.takes_sms


def test_a_stranger_is_nobody(settings, texting, ada_with_phone) -> None:
    assert text(settings, "STOP", phone="+442071838750").status_code == 200
    ada_with_phone.refresh_from_db()
    assert ada_with_phone.takes_sms


def test_a_service_that_is_off_hears_nothing(settings, texting) -> None:
    texting.is_enabled = False
    texting.save()
    assert text(settings, "STOP").status_code == 404
