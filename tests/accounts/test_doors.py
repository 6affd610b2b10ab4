"""Invitations, first owner, sign-in, registration."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.actions import (
    OwnerExists,
    TokenRefused,
    accept_invitation,
    create_owner,
    invite_user,
    issue_setup_token,
    use_setup_token,
    withdraw_invitation,
)
from accounts.actions.invitations import Guest
from accounts.models import Department, Invitation, User
from helpdesk.demo.founding import found_company, sign_ins
from tests.factories import PASSWORD, make_role

pytestmark = pytest.mark.django_db
LOGIN = "/authentication/login"
now = timezone.now


@pytest.fixture(autouse=True)
def inbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def invited(actor, role="agent"):
    guest = Guest(email="Nina@company.example", name="Nina", role=make_role(role))
    invitation = invite_user(guest, actor=actor, now=now())
    return invitation, re.search(r"/invite/(\S+)", mail.outbox[-1].body)[1]


def test_invitation_makes_a_colleague_once(max_, client):
    _invitation, token = invited(max_)
    page = client.get(f"/authentication/invite/{token}")
    assert page.status_code == 200
    answer = client.post(f"/authentication/invite/{token}", {"name": "Nina", "password": PASSWORD})
    assert (answer.status_code, answer.url) == (302, "/admin")
    assert User.objects.get(email="nina@company.example").role.slug == "agent"
    with pytest.raises(TokenRefused):
        accept_invitation(token, name="X", password=PASSWORD, now=now())
    assert client.get(f"/authentication/invite/{token}").status_code == 404


def test_token_is_kept_as_hash_only(max_):
    invitation, token = invited(max_)
    assert token not in str(Invitation.objects.filter(pk=invitation.pk).values().get())


@pytest.mark.parametrize("spoil", ["expire", "withdraw", "shorten", "again"])
def test_dead_invitation_lets_nobody_in(max_, spoil):
    invitation, token = invited(max_)
    moment = now()
    if spoil == "expire":
        moment += timedelta(hours=73)
    elif spoil == "withdraw":
        withdraw_invitation(invitation, actor=max_, now=moment)
    elif spoil == "shorten":
        token = token[:-1]
    else:
        invited(max_)
    with pytest.raises(TokenRefused):
        accept_invitation(token, name="X", password=PASSWORD, now=moment)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_twenty_posts_of_one_token_make_one_account(max_):
    """X-20"""
    _invitation, token = invited(max_)

    def accept(_n):
        try:
            return bool(accept_invitation(token, name="N", password=PASSWORD, now=now()))
        except TokenRefused:
            return False
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(accept, range(20))) == 1


def test_setup_page_is_gone_for_ever(client):
    token = issue_setup_token(now=now())
    facts = {"name": "Olga", "email": "olga@company.example", "password": PASSWORD}
    assert client.post("/admin/setup", facts | {"token": "wrong"}).status_code == 422
    assert client.post("/admin/setup", facts | {"token": token}).status_code == 302
    assert User.objects.get(email="olga@company.example").role.is_owner
    assert Client().get("/admin/setup").status_code == 404
    with pytest.raises(OwnerExists):
        issue_setup_token(now=now())


def test_the_first_owner_finds_a_department_for_the_first_ticket():
    owner = create_owner("olga@company.example", name="Olga", password=PASSWORD, now=now())
    department = Department.objects.get()
    assert (department.name, department.is_default) == ("Support", True)
    assert list(department.members.all()) == [owner]


def test_departments_that_are_there_stay_the_only_ones(technical):
    create_owner("olga@company.example", name="Olga", password=PASSWORD, now=now())
    assert Department.objects.get() == technical


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_setups_at_once_make_one_owner():
    """X-58"""

    def create(n):
        try:
            create_owner(f"o{n}@company.example", name="O", password=PASSWORD, now=now())
        except OwnerExists:
            pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(create, range(4)))
    assert User.objects.owners().count() == 1


def test_setup_token_dies_after_a_day():
    token = issue_setup_token(now=now() - timedelta(hours=25))
    with pytest.raises(TokenRefused):
        use_setup_token(token, email="a@b.example", name="A", password=PASSWORD, now=now())


def test_agent_signs_in_to_the_desk_customer_to_the_portal(ada, cleo, client):
    for email, place in ((ada.email, "/admin"), (cleo.email, "/")):
        answer = client.post(LOGIN, {"login": email, "password": PASSWORD})
        assert (answer.status_code, answer.url) == (302, place)
        client.post("/authentication/logout")


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https:evil", "\t//evil"])
def test_sign_in_redirects_only_to_ourselves(ada, client, target):
    """X-17"""
    answer = client.post(
        f"{LOGIN}?next={target}", {"login": ada.email, "password": PASSWORD, "next": target}
    )
    assert "evil" not in answer.url


def test_ten_wrong_passwords_wait_but_lock_nobody_else_out(ada, client):
    """X-22"""
    for _ in range(10):
        client.post(LOGIN, {"login": ada.email, "password": "wrong"})
    refused = client.post(LOGIN, {"login": ada.email, "password": PASSWORD})
    assert refused.status_code in (200, 422)
    assert b"Too many wrong passwords" in refused.content
    elsewhere = Client(REMOTE_ADDR="192.0.2.7").post(
        LOGIN, {"login": ada.email, "password": PASSWORD}
    )
    assert elsewhere.status_code == 302


def test_staff_page_shows_the_lock_and_unlocks(ada, max_, client, sign_in):
    """R177"""
    for _ in range(10):
        client.post(LOGIN, {"login": ada.email, "password": "wrong"})
    desk = sign_in(max_)
    assert b"too many wrong passwords" in desk.get("/admin/staff").content
    desk.post(f"/admin/staff/{ada.pk}/lock/removal")
    assert client.post(LOGIN, {"login": ada.email, "password": PASSWORD}).status_code == 302


def test_forgotten_password_looks_the_same_for_everybody(ada, client):
    """X-21"""
    pages = [
        client.post("/authentication/forgot_password", {"email": email})
        for email in (ada.email, "nobody@nowhere.example")
    ]
    assert [(p.status_code, p.url) for p in pages] == [
        (302, "/authentication/forgot_password/sent")
    ] * 2


def test_sixth_reset_in_an_hour_sends_no_mail(ada, client):
    for _ in range(7):
        assert (
            client.post("/authentication/forgot_password", {"email": ada.email}).status_code == 302
        )
    assert len(mail.outbox) == 5


def test_reset_mail_links_to_our_site_only(ada, client, settings):
    """X-23"""
    client.post(
        "/authentication/forgot_password",
        {"email": ada.email},
        headers={"X-Forwarded-Host": "evil.example"},
    )
    assert settings.SITE_URL in mail.outbox[-1].body
    assert "evil" not in mail.outbox[-1].body


def test_admin_gate(cleo, ada, client, sign_in):
    assert client.get("/admin/staff").url == "/authentication/login?next=%2Fadmin%2Fstaff"
    assert sign_in(cleo).get("/admin/staff").status_code == 404
    assert sign_in(ada).get("/admin/staff").status_code == 403
    assert client.get("/admin/authentication").url == "/authentication/login?next=/admin"


def test_demo_people_sign_in_with_the_printed_words(client):
    found_company(now=now())
    for _role, email, password in sign_ins():
        answer = Client().post(LOGIN, {"login": email, "password": password})
        assert (answer.status_code, answer.url) in {(302, "/admin"), (302, "/")}


def test_sign_in_hashes_as_often_for_strangers_as_for_colleagues(ada, client, monkeypatch):
    """X-21: what takes time is the hashing."""
    counted = []
    plain = MD5PasswordHasher.encode

    def encode(self, password, salt):
        counted.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    costs = []
    for email in (ada.email, "stranger@private.example"):
        counted.clear()
        client.post(LOGIN, {"login": email, "password": "wrong"})
        costs.append(len(counted))
    assert costs[0] == costs[1] > 0


def test_mailed_link_sets_a_new_password_once(ada, client):
    client.post("/authentication/forgot_password", {"email": ada.email})
    link = re.search(r"http\S+(/authentication/reset/\S+)", mail.outbox[-1].body)[1]
    form = client.get(link).url
    facts = {"password1": "another long phrase"}
    assert client.post(form, facts).url == "/authentication/reset/done"
    ada.refresh_from_db()
    assert ada.check_password("another long phrase")
    assert b"This link is over" in Client().get(link).content


def test_mailed_code_signs_in(ada, client):
    client.post("/authentication/magic", {"email": ada.email})
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", mail.outbox[-1].body, re.MULTILINE)[1]
    assert client.post("/authentication/magic/code", {"code": code}).url == "/admin"


def test_stranger_asking_for_a_code_sees_the_same_page(ada):
    """X-21"""
    pages = []
    for email in (ada.email, "stranger@private.example"):
        client = Client()
        answer = client.post("/authentication/magic", {"email": email})
        page = client.get(answer.url).content.decode().replace(email, "")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]+"', "", page))
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "place",
    [
        "login",
        "register",
        "forgot_password",
        "forgot_password/sent",
        "reset/done",
        "magic",
        "inactive",
    ],
)
def test_every_door_opens_for_anybody(client, place):
    page = client.get(f"/authentication/{place}")
    assert (page.status_code, page.content.count(b"<h1>")) == (200, 1)


@pytest.mark.parametrize("place", ["logout", "email", "password", "two_factor", "sessions"])
def test_own_doors_ask_to_sign_in(ada, client, sign_in, place):
    assert client.get(f"/authentication/{place}").status_code == 302
    assert sign_in(ada).get(f"/authentication/{place}").status_code == 200
