"""Tokens: single use, short life, hashed at rest, absent from Referer and logs (X-20, X-24)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from core import clock
from core.logs import JsonFormatter, without_tokens
from customers.models import Customer
from mailpipe.composition import compose
from mailpipe.models import OutgoingMail
from mailpipe.secrets import readable_body
from tests.factories import PASSWORD, make_customer, make_reply, make_ticket
from tests.security.visits import browser_of
from tickets.actions import close_ticket, delete_ticket, remove_follower
from tickets.actions.guests import issue_guest_token
from tickets.actors import Actor
from tickets.content import Recipients
from tickets.models import GuestLink, Message

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"
NEW = "an entirely different phrase"


def whole_database() -> Iterator[str]:
    """Every row of every table as text."""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{name}" t')  # noqa: S608 -- names of our own tables
            yield from (f"{name}: {row[0]}" for row in cursor.fetchall())


def tables_with(secret: str) -> list[str]:
    return [row.split(":")[0] for row in whole_database() if secret in row]


@pytest.mark.django_db
def test_guest_token_stands_in_no_table_even_after_it_was_used(stage):
    key = str(uuid4())
    answer = Client().post(
        f"/t/{stage.guest_token}", {"message": "Any news?", "idempotency_key": key}
    )
    assert answer.status_code == 303
    assert tables_with(stage.guest_token) == []


@pytest.mark.django_db
def test_repeated_guest_answer_is_one_message_and_leads_to_the_same_place(stage):
    client, fields = Client(), {"message": "Twice?", "idempotency_key": str(uuid4())}
    places = {client.post(f"/t/{stage.guest_token}", fields).url for _ in range(3)}
    assert places == {f"/t/{stage.guest_token}"}
    assert Message.objects.filter(text="Twice?").count() == 1


@pytest.mark.django_db
def test_link_in_an_outgoing_mail_is_sealed_at_rest(stage, settings):
    """The only token that must be written down, for the mail that carries it."""
    row = compose(OutgoingMail.objects.get(pk=stage.outgoing.pk), now=timezone.now())
    token = re.search(r"/t/(\S+)", readable_body(row)[0])[1]
    assert Client().get(f"/t/{token}").status_code == 200
    assert tables_with(token) == []


@pytest.mark.django_db
def test_invitation_token_stands_in_no_table(stage):
    client = Client()
    client.get(f"/authentication/invite/{stage.invitation_token}")
    assert tables_with(stage.invitation_token) == []
    fields = {"name": "Nina", "password": PASSWORD}
    client.post(f"/authentication/invite/{stage.invitation_token}", fields)
    assert User.objects.filter(email="nina@company.example").exists()
    assert tables_with(stage.invitation_token) == []


def reset_address(email: str) -> str:
    Client().post("/authentication/forgot_password", {"email": email})
    return re.search(r"(/authentication/reset/\S+)", mail.outbox[-1].body)[1]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_posts_of_one_reset_key_at_once_set_one_password(ada, settings):
    """Eight, for more from one address in a minute are refused anyway."""
    settings.EMAIL_BACKEND = LOCMEM
    path = reset_address(ada.email)
    forms = [(client, client.get(path).url, n) for n in range(8) if (client := Client())]

    def post(form):
        client, place, n = form
        try:
            return client.post(place, {"password1": f"{NEW} {n}"}).status_code == 302
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        wins = [n for (_c, _p, n), won in zip(forms, pool.map(post, forms), strict=True) if won]
    ada.refresh_from_db()
    assert len(wins) == 1
    assert ada.check_password(f"{NEW} {wins[0]}")


@pytest.mark.django_db
@pytest.mark.parametrize("spoil", ["later", "password", "address", "locked"])
def test_reset_key_dies(ada, settings, spoil):
    settings.EMAIL_BACKEND = LOCMEM
    path = reset_address(ada.email)
    if spoil == "later":
        settings.PASSWORD_RESET_TIMEOUT = -1
    elif spoil == "password":
        ada.set_password("something else entirely")
    elif spoil == "address":
        ada.email = "moved@company.example"
    else:
        ada.is_active = False
    ada.save()
    client = Client()
    answer = client.get(path)
    if answer.status_code == 302:
        client.post(answer.url, {"password1": NEW})
    ada.refresh_from_db()
    assert not ada.check_password(NEW)


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["", "/renewal"])
@pytest.mark.parametrize("spoil", ["short", "long", "case", "other"])
def test_guest_token_must_be_exact(stage, part, spoil):
    token = {
        "short": stage.guest_token[:-1],
        "long": stage.guest_token + "A",
        "case": stage.guest_token.swapcase(),
        "other": "A" * 43,
    }[spoil]
    method = Client().post if part else Client().get
    assert method(f"/t/{token}{part}").status_code == 404


@pytest.mark.django_db
def test_guest_link_outlives_its_ticket_by_some_days_only(stage, monkeypatch):
    close_ticket(stage.ticket, actor=Actor.of_user(stage.ada), now=timezone.now())
    assert Client().get(f"/t/{stage.guest_token}").status_code == 200
    with clock.moved_to(timezone.now() + timedelta(days=400)):
        late = Client().get(f"/t/{stage.guest_token}")
        posted = Client().post(f"/t/{stage.guest_token}", {"message": "late"})
    assert (late.status_code, posted.status_code) == (410, 410)
    assert "Espresso" not in late.content.decode()
    assert not Message.objects.filter(text="late").exists()


@pytest.mark.django_db
@pytest.mark.parametrize("spoil", ["deleted", "spam", "no_follower", "moved"])
def test_guest_link_dies_with_its_reason(stage, spoil):
    ticket, actor, now = stage.ticket, Actor.of_user(stage.manager), timezone.now()
    follower = ticket.followers.get(pk=stage.follower_pk)
    token = issue_guest_token(ticket, email=follower.email, now=now)
    assert Client().get(f"/t/{token}").status_code == 200
    if spoil == "deleted":
        delete_ticket(ticket, actor=actor, now=now)
    elif spoil == "spam":
        browser_of(stage, "ada").post(f"/admin/tickets/ticket/{ticket.number}/spam")
    elif spoil == "no_follower":
        remove_follower(follower, actor=actor, now=now)
    else:
        GuestLink.objects.filter(email=follower.email).update(email="gone@elsewhere.example")
    assert Client().get(f"/t/{token}").status_code == 404


@pytest.mark.django_db
def test_guest_reads_one_ticket_and_nothing_of_the_account(stage):
    client = Client()
    assert client.get(f"/t/{stage.guest_token}").status_code == 200
    for path in ("/clients/tickets", f"/clients/ticket/{stage.ticket.public_id}", "/admin"):
        assert client.get(path).status_code == 302
    assert client.get(f"/attachments/{stage.file.pk}/x").status_code == 404


@pytest.mark.django_db
def test_link_is_put_in_no_mail_that_several_get(stage):
    """Whoever reads the mail reads the ticket as the one the link was made for."""
    both = Recipients(to=("cleo@harbour.example",), cc=("dora@harbour.example",))
    before = GuestLink.objects.count()
    message = make_reply(stage.ticket, stage.ada, "For both.", recipients=both)
    row = compose(OutgoingMail.objects.get(message=message), now=timezone.now())
    assert GuestLink.objects.count() == before
    assert row.sealed_body is None


@pytest.mark.django_db
def test_fresh_link_goes_to_the_mailbox_only_and_not_without_end(stage, settings):
    settings.EMAIL_BACKEND = LOCMEM
    for _ in range(30):
        answer = Client().post(f"/t/{stage.guest_token}/renewal")
        assert answer.status_code == 303
        assert answer.url == f"/t/{stage.guest_token}"
    letters = [letter for letter in mail.outbox if "new link" in letter.subject]
    assert {tuple(letter.to) for letter in letters} == {("cleo@harbour.example",)}
    assert len(letters) < 30


@pytest.mark.django_db
def test_pages_with_a_token_tell_it_to_nobody(stage):
    for path in (
        f"/t/{stage.guest_token}",
        f"/authentication/invite/{stage.invitation_token}",
        f"/attachments/{stage.file.pk}/log.txt",
    ):
        answer = browser_of(stage, "cleo").get(path)
        assert answer["Referrer-Policy"] in {"same-origin", "no-referrer"}, path


@pytest.mark.parametrize(
    "address",
    [
        "/t/{}",
        "/t/{}/renewal",
        "/authentication/invite/{}",
        "/authentication/reset/4-{}",
        "/forms/ticket/receipt/{}",
        "/attachments/x/log.txt?s={}",
        "/x?a=1&token={}",
    ],
)
def test_logs_name_no_token(address):
    token = "uxnOxC4ppEPCqV5DtuKcA_u9ZevODwqJPvtczYtEdhQ"
    assert token not in without_tokens(f"GET {address.format(token)} 200")


@pytest.mark.django_db
def test_log_of_a_wrong_token_does_not_repeat_it(caplog, stage):
    with caplog.at_level("DEBUG"):
        Client().get(f"/t/{stage.guest_token}A")
    formatter = JsonFormatter("%(message)s")
    lines = [formatter.format(record) for record in caplog.records]
    assert lines
    assert all(stage.guest_token[:20] not in line for line in lines)


@pytest.mark.django_db
def test_x24_logout_kills_the_session_on_the_server(stage):
    client = browser_of(stage, "ada")
    kept = dict(client.cookies)
    client.post("/authentication/logout")
    thief = Client()
    thief.cookies.update(kept)
    assert thief.get("/admin").status_code == 302


@pytest.mark.django_db
def test_x24_sign_in_gives_a_new_session_key(ada, settings):
    client = Client()
    client.get("/authentication/login")
    client.session.save()
    name = settings.SESSION_COOKIE_NAME
    session = client.session
    session["seen"] = True
    session.save()
    client.cookies[name] = session.session_key
    before = session.session_key
    client.post("/authentication/login", {"login": ada.email, "password": PASSWORD})
    assert client.cookies[name].value != before
    assert client.get("/admin").status_code == 200


@pytest.mark.django_db
def test_registered_stranger_sees_no_tickets_until_the_mailbox_is_proved(technical, settings):
    """X-04"""
    settings.EMAIL_BACKEND = LOCMEM
    dora = make_customer("Dora", "dora@private.example")
    make_ticket(dora, technical, subject="Private matter")
    client = Client()
    fields = {"email": "dora@private.example", "password1": PASSWORD}
    client.post("/authentication/register", fields)
    client.post("/authentication/login", {"login": fields["email"], "password": PASSWORD})
    assert Customer.objects.get(pk=dora.pk).user is None
    assert "Private matter" not in client.get("/clients/tickets").content.decode()
