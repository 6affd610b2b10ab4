"""Invitations, first owner, sign-in, registration."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
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
from accounts.models import Invitation, User
from core import options
from customers.models import Customer
from tests.factories import PASSWORD, make_customer, make_role, make_ticket

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


def test_registration_proves_the_mailbox_and_links_the_customer(technical, client):
    stranger = make_customer("Mira", "mira@private.example")
    make_ticket(stranger, technical)
    client.post(
        "/authentication/register", {"email": "mira@private.example", "password1": PASSWORD}
    )
    user = User.objects.get(email="mira@private.example")
    assert user.role.slug == "customer"
    assert not Customer.objects.filter(user=user).exists()
    code = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", mail.outbox[-1].body, re.MULTILINE)[1]
    client.post("/authentication/verify", {"code": code})
    stranger.refresh_from_db()
    assert stranger.user == user


def test_nobody_registers_at_our_own_domain(technical, client):
    """X-04"""
    page = client.post(
        "/authentication/register", {"email": "x@company.example", "password1": PASSWORD}
    )
    assert not User.objects.filter(email="x@company.example").exists()
    assert b"not one of ours" in page.content


def test_registration_can_be_closed(client):
    options.set_value("accounts.portal_signup", value=False, actor=None, now=now())
    client.post(
        "/authentication/register", {"email": "mira@private.example", "password1": PASSWORD}
    )
    assert not User.objects.filter(email="mira@private.example").exists()


def test_new_password_signs_other_devices_out(ada, client):
    """X-24"""
    other = Client()
    for device in (client, other):
        device.post(LOGIN, {"login": ada.email, "password": PASSWORD})
        device.get("/admin/profile")
    facts = {
        "oldpassword": PASSWORD,
        "password1": "another long phrase",
        "password2": "another long phrase",
    }
    client.post("/authentication/password", facts)
    assert other.get("/admin/profile").status_code == 302


def test_admin_gate(cleo, ada, client, sign_in):
    assert client.get("/admin/staff").url == "/authentication/login?next=%2Fadmin%2Fstaff"
    assert sign_in(cleo).get("/admin/staff").status_code == 404
    assert sign_in(ada).get("/admin/staff").status_code == 403
    assert client.get("/admin/authentication").url == "/authentication/login?next=/admin"
