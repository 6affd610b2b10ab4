"""What exists and what does not cost the same work, so that no clock tells them apart (X-13, X-21).

A stop-watch would be a flaky witness on a busy machine. What takes time is counted instead:
statements of the database, rounds of password hashing, rows of mail.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.memo import forget_all
from mailpipe.models import OutgoingMail
from tests.factories import PASSWORD
from tests.security.routes import ROUTES
from tests.security.test_route_matrix import expected
from tests.security.visits import answer, session_of

pytestmark = pytest.mark.django_db
NOBODYS = SimpleNamespace(public_id=UUID(int=7), number=999_999_999)
NO_FILE = SimpleNamespace(pk=UUID(int=7), filename="x.png")
STRANGER = "stranger@private.example"
DOORS = {
    "login": {"login": "{}", "password": "wrong wrong wrong"},
    "forgot_password": {"email": "{}"},
    "magic": {"email": "{}"},
    "register": {"email": "{}", "password1": "another long phrase"},
}


@pytest.fixture(autouse=True)
def own_outbox(settings) -> None:
    settings.EMAIL_BACKEND = "mailpipe.backend.OutboxBackend"


@pytest.fixture
def hashed(monkeypatch) -> list[str]:
    """One entry for each password that was hashed."""
    counted: list[str] = []
    plain = MD5PasswordHasher.encode

    def encode(self, password, salt):
        counted.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    return counted


def tables_asked(stage, cookies, name, method) -> Counter[str]:
    """How often each table was asked for by a process that remembers nothing."""
    forget_all()
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        answer(stage, cookies, name, method)
    found = (re.search(r'(?:FROM|INTO|UPDATE) "(\w+)"', row["sql"]) for row in captured)
    return Counter(match[1] for match in found if match)


@pytest.mark.parametrize(("actor", "space"), [("otto", "portal:"), ("ben", "desk:")])
@pytest.mark.parametrize("method", ["get", "post"])
def test_x13_foreign_and_missing_tickets_ask_the_same_of_the_database(stage, actor, space, method):
    cookies, found = session_of(stage, actor), []
    missing = replace(stage, ticket=NOBODYS)
    tried = [
        name
        for name, route in ROUTES.items()
        if name.startswith(space)
        and any(part.startswith("ticket.") for part in route.at)
        and getattr(route, method)
        and expected(route, method, actor) == 404
    ]
    assert len(tried) >= 2
    for name in tried:
        counts = [tables_asked(world, cookies, name, method) for world in (stage, missing)]
        if counts[0] != counts[1]:
            found.append(f"{name}: {counts[0] - counts[1]} {counts[1] - counts[0]}")
    assert not found, "\n".join(found)


def test_x13_foreign_and_missing_files_ask_the_same_of_the_database(stage):
    cookies = session_of(stage, "otto")
    worlds = (stage, replace(stage, file=NO_FILE))
    counts = [tables_asked(world, cookies, "tickets:attachment", "get") for world in worlds]
    assert counts[0] == counts[1]


def visited(door: str, email: str) -> int:
    """Knock at a door with this address; returns the statements that took."""
    forget_all()
    cache.clear()
    client = Client()
    client.get(f"/authentication/{door}")
    facts = {key: value.format(email) for key, value in DOORS[door].items()}
    with CaptureQueriesContext(connection) as captured:
        client.post(f"/authentication/{door}", facts)
    return len(captured)


@pytest.mark.parametrize("door", DOORS)
def test_x21_strangers_and_customers_are_the_same_work(door, cleo, hashed):
    visited(door, "warm-up@private.example")
    hashes, mails = [], []
    for email in (cleo.email, STRANGER):
        hashed.clear()
        before = OutgoingMail.objects.count()
        visited(door, email)
        hashes.append(len(hashed))
        mails.append(OutgoingMail.objects.count() - before)
    assert hashes[0] == hashes[1]
    assert bool(hashes[0]) == (door in ("login", "register"))
    assert mails[0] == mails[1] == (0 if door == "login" else 1)


def test_x21_nothing_is_sent_while_somebody_waits(cleo):
    """The mail is a row; a worker sends it when the page is long answered."""
    visited("forgot_password", cleo.email)
    assert OutgoingMail.objects.get().state == "pending"


def test_the_count_tells_a_hash(hashed, cleo):
    Client().post("/authentication/login", {"login": cleo.email, "password": PASSWORD})
    assert hashed
