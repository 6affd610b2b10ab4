"""Sessions: seen, ended from afar, ended by a new password or role (X-24)."""

from __future__ import annotations

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from accounts.actions import StaffFacts, change_staff
from accounts.devices import name_of
from core.models import AuditEntry
from tests.factories import PASSWORD, make_role

pytestmark = pytest.mark.django_db
LOGIN = "/authentication/login"
SESSIONS = "/authentication/sessions"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Safari/604.1"


@pytest.fixture(autouse=True)
def inbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def device(user, agent: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": agent})
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return client.get("/admin/profile").status_code == 200


def test_session_key_changes_at_sign_in(ada, client):
    client.get(LOGIN)
    session = client.session
    session["kept"] = "yes"
    session.save()
    before = session.session_key
    client.post(LOGIN, {"login": ada.email, "password": PASSWORD})
    assert client.session.session_key != before


def test_devices_are_listed_by_name_and_ended_one_by_one(ada):
    here, lost = device(ada), device(ada, SAFARI)
    page = here.get(SESSIONS).content.decode()
    assert "Firefox on Windows" in page
    assert "Safari on iPhone" in page
    row = UserSession.objects.get(session_key=lost.session.session_key)
    assert here.post(f"{SESSIONS}/{row.pk}/removal").status_code == 303
    assert (is_in(here), is_in(lost)) == (True, False)


def test_all_others_are_ended_at_once(ada):
    here, one, two = device(ada), device(ada), device(ada)
    here.post(SESSIONS)
    assert (is_in(here), is_in(one), is_in(two)) == (True, False, False)


def test_nobody_ends_somebody_elses_session(ada, ben):
    mine, theirs = device(ada), device(ben)
    row = UserSession.objects.get(session_key=theirs.session.session_key)
    assert mine.post(f"{SESSIONS}/{row.pk}/removal").status_code == 404
    assert is_in(theirs)


def test_new_password_signs_other_devices_out(ada):
    """X-24"""
    here, other = device(ada), device(ada)
    facts = {
        "oldpassword": PASSWORD,
        "password1": "another long phrase",
    }
    here.post("/authentication/password", facts)
    assert (is_in(here), is_in(other)) == (True, False)
    assert AuditEntry.objects.filter(verb="password_changed").exists()


def test_new_role_ends_sessions(ada, max_):
    client = device(ada)
    facts = StaffFacts(name="Ada", role=make_role("manager"))
    change_staff(ada, facts=facts, actor=max_, now=timezone.now())
    assert not is_in(client)


def test_sign_out_ends_the_session_on_the_server(ada):
    client = device(ada)
    stolen = client.cookies["session"].value
    client.post("/authentication/logout")
    thief = Client()
    thief.cookies["session"] = stolen
    assert not is_in(thief)


def test_staff_sign_ins_are_audited_customers_not(ada, cleo):
    """X-55"""
    device(ada)
    device(cleo.user)
    names = AuditEntry.objects.filter(verb="signed_in").values_list("actor_name", flat=True)
    assert list(names) == ["Ada"]


@pytest.mark.parametrize(
    ("agent", "name"),
    [(FIREFOX, "Firefox on Windows"), (SAFARI, "Safari on iPhone"), ("curl/8", "A browser")],
)
def test_devices_have_names(agent, name):
    assert name_of(agent) == name
