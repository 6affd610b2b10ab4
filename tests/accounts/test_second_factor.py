"""Two-factor sign-in: a code opens once, wrong ones are counted, also without Redis (X-27)."""

from __future__ import annotations

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client

from core.models import AuditEntry
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/authentication/login"
CHECK = "/authentication/two_factor/check"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code(steps: int = 0) -> str:
    return format_hotp_value(hotp_value(SECRET, int(time.time()) // 30 + steps))


def half_way(user) -> Client:
    """Past the password, before the code."""
    client = Client()
    answer = client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert answer.url == CHECK
    return client


@pytest.fixture
def guarded(ada):
    TOTP.activate(ada, SECRET)
    return ada


def test_password_alone_opens_nothing(guarded):
    client = half_way(guarded)
    assert client.get("/admin/profile").status_code == 302
    assert client.get(CHECK).status_code == 200


def test_code_opens_once(guarded):
    right = code()
    assert half_way(guarded).post(CHECK, {"code": right}).url == "/admin"
    cache.clear()
    again = half_way(guarded).post(CHECK, {"code": right})
    assert again.status_code == 200
    assert b"wrong or was used before" in again.content


def test_code_of_a_clock_half_a_minute_off_opens(guarded):
    assert half_way(guarded).post(CHECK, {"code": code(-1)}).status_code == 302


def test_recovery_code_opens_once(guarded):
    spare = RecoveryCodes.activate(guarded).get_unused_codes()[0]
    assert half_way(guarded).post(CHECK, {"code": spare}).url == "/admin"
    assert half_way(guarded).post(CHECK, {"code": spare}).status_code == 200


def test_eleventh_guess_waits(guarded):
    client = half_way(guarded)
    for _ in range(10):
        client.post(CHECK, {"code": "000000"})
    refused = client.post(CHECK, {"code": code()})
    assert b"Too many wrong codes" in refused.content
    assert client.get("/admin/profile").status_code == 302


def test_secret_is_sealed_in_the_database(guarded):
    """X-54"""
    assert SECRET not in str(Authenticator.objects.values_list("data", flat=True))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_app_is_added_after_asking_for_the_password_again(ada, client, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    client.post(LOGIN, {"login": ada.email, "password": PASSWORD})
    door = client.get("/authentication/two_factor/app").url
    assert client.get(door).status_code == 200
    client.post(door, {"password": PASSWORD})
    page = client.get("/authentication/two_factor/app").content.decode()
    assert "data:image/svg+xml" in page
    right = format_hotp_value(hotp_value(client.session["mfa.totp.secret"], int(time.time()) // 30))
    answer = client.post("/authentication/two_factor/app", {"code": right})
    assert answer.url == "/authentication/two_factor/codes"
    for place in ("two_factor", "two_factor/codes", "two_factor/codes/file"):
        assert client.get(f"/authentication/{place}").status_code == 200
    assert AuditEntry.objects.filter(verb="second_factor_added").exists()
    assert "Two-factor authentication is on" in mail.outbox[-1].subject
