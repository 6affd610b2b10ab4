"""Customers register, prove their mailbox, and add further addresses."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.mailboxes import is_our_own
from accounts.models import User
from core import options
from customers.models import Customer
from tests.factories import PASSWORD, make_customer, make_department, make_role, make_ticket

pytestmark = pytest.mark.django_db
now = timezone.now
REGISTER = "/authentication/register"


@pytest.fixture(autouse=True)
def inbox(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def mailed_code() -> str:
    return re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", mail.outbox[-1].body, re.MULTILINE)[1]


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


def test_wrong_code_proves_nothing(client):
    client.post(REGISTER, {"email": "mira@private.example", "password1": PASSWORD})
    page = client.post("/authentication/verify", {"code": "AAAA-AAAA"})
    assert b"wrong or no longer works" in page.content
    assert not EmailAddress.objects.filter(verified=True).exists()


def test_registering_a_known_address_looks_the_same_and_changes_nothing(cleo):
    """X-21"""
    answers = [
        Client().post(REGISTER, {"email": email, "password1": "another long phrase"})
        for email in (cleo.email, "new@private.example")
    ]
    assert len({(answer.status_code, answer.url) for answer in answers}) == 1
    assert "You have an account" in mail.outbox[0].subject
    assert "http://localhost:8000/authentication/forgot_password" in mail.outbox[0].body
    assert cleo.user.check_password(PASSWORD)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_registrations_at_once_make_one_account():
    def register(_n):
        try:
            facts = {"email": "rush@private.example", "password1": PASSWORD}
            return Client().post(REGISTER, facts).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(register, range(4))) == {302}
    assert User.objects.filter(email="rush@private.example").count() == 1
    assert EmailAddress.objects.filter(email="rush@private.example").count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_registration_does_not_wait_for_ever_on_another_one():
    """A slow first post keeps the address; the second hears the same as ever."""
    taken, answered = Event(), Event()

    def register_slowly():
        with transaction.atomic():
            User.objects.create_user("rush@private.example", PASSWORD, role=make_role("customer"))
            taken.set()
            answered.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(register_slowly)
        taken.wait(20)
        facts = {"email": "rush@private.example", "password1": PASSWORD}
        answer = Client().post(REGISTER, facts)
        answered.set()
    assert (answer.status_code, answer.url) == (302, "/authentication/verify")


def test_freemail_department_owns_its_address_only(db):
    make_department("Shop", "our.shop@gmail.com", "help@shop.example")
    assert is_our_own("our.shop@gmail.com")
    assert is_our_own("Our.Shop+x@gmail.com")
    assert is_our_own("anybody@shop.example")
    assert not is_our_own("mira@gmail.com")


def test_customer_adds_no_address_of_ours(technical, cleo, sign_in):
    """X-04"""
    client = sign_in(cleo)
    facts = {"email": "cleo@company.example", "action_add": "yes"}
    assert b"not one of ours" in client.post("/authentication/email", facts).content
    assert not mail.outbox


def test_second_address_is_added_by_code(cleo, sign_in):
    client = sign_in(cleo)
    facts = {"email": "cleo@home.example", "action_add": "yes"}
    assert client.post("/authentication/email", facts).url == "/authentication/verify"
    client.post("/authentication/verify", {"code": mailed_code()})
    assert cleo.addresses.filter(value="cleo@home.example", proved_at__isnull=False).exists()
    assert b"cleo@home.example" in client.get("/authentication/email").content


def test_flood_from_one_address_gets_a_page_that_says_so(client):
    statuses = [
        client.post(REGISTER, {"email": f"m{n}@private.example", "password1": "short"}).status_code
        for n in range(21)
    ]
    assert statuses[-1] == 429
    assert b"Wait a few minutes" in client.post(REGISTER).content
