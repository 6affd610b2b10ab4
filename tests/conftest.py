"""The cast of every test: ada, ben, max, cleo, otto; fast engines; nothing remembered between tests."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Department, User
from core.memo import forget_all
from customers.models import Customer, Organisation
from tests import shipped_rows
from tests.factories import make_customer, make_department, make_user

# The same examples for everybody, however slow the machine is; EXPLORE=1 looks for new ones.
hypothesis.settings.register_profile(
    "house", deadline=None, derandomize=not os.environ.get("EXPLORE")
)
hypothesis.settings.load_profile("house")

LONGEST = {"drills", "embedded", "test_every_page.py"}


def pytest_configure() -> None:
    """Tests empty the cache: each xdist worker gets a Redis database of its own."""
    shipped_rows.install()
    # Collected files are the product's: `bin/up`, tried beside these tests, replaces them.
    django_settings.STATIC_ROOT = None
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    place = django_settings.CACHES["default"]
    place["LOCATION"] = place["LOCATION"].replace("db=0", f"db={worker.removeprefix('gw') or 0}")
    if template := os.environ.get("TEST_TEMPLATE"):  # bin/test ran the migrations there
        django_settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = template


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test with real transactions empties the tables: whoever comes next needs the shipped rows."""
    for item in items:
        marks = item.iter_markers("django_db")
        if any(mark.kwargs.get("transaction") for mark in marks):
            item.fixturenames.insert(0, "django_db_serialized_rollback")
    # What takes longest goes first, so that no worker ends alone with it.
    items.sort(key=lambda item: not LONGEST & {*item.path.parts})


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: collecting garbage need not look at it each time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(autouse=True)
def fresh(settings, tmp_path: Path) -> Iterator[None]:
    """Own files and spool per test, cheap password hashes, an empty cache, nothing remembered."""
    settings.FILES_DIR = tmp_path / "files"
    settings.MAIL_SPOOL = tmp_path / "spool"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    forget_all()
    cache.clear()
    yield
    forget_all()


@pytest.fixture
def technical(db) -> Department:
    return make_department(
        "Technical", "tech@company.example", "it@company.example", is_default=True
    )


@pytest.fixture
def billing(db) -> Department:
    return make_department("Billing", "billing@company.example")


@pytest.fixture
def ada(technical: Department) -> User:
    """The agent, of Technical."""
    return make_user("Ada", "agent", technical)


@pytest.fixture
def ben(billing: Department) -> User:
    """An agent of another department."""
    return make_user("Ben", "agent", billing)


@pytest.fixture
def max_(db) -> User:
    """The manager."""
    return make_user("Max", "manager")


@pytest.fixture
def owner(db) -> User:
    return make_user("Olga", "owner")


@pytest.fixture
def harbour(db) -> Organisation:
    return Organisation.objects.create(name="Harbour Foods")


@pytest.fixture
def cleo(harbour: Organisation) -> Customer:
    """The customer, with a portal account."""
    user = make_user("Cleo", "customer", email="cleo@harbour.example")
    return make_customer("Cleo", "cleo@harbour.example", harbour, user=user)


@pytest.fixture
def otto(db) -> Customer:
    """A customer of another company, with a portal account."""
    organisation = Organisation.objects.create(name="Northlight Studio")
    user = make_user("Otto", "customer", email="otto@northlight.example")
    return make_customer("Otto", "otto@northlight.example", organisation, user=user)


@pytest.fixture
def sign_in() -> Callable[[User | Customer], Client]:
    """A test client signed in as this person."""

    def signed_in(person: User | Customer) -> Client:
        client = Client()
        user = person.user if isinstance(person, Customer) else person
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture
def statements() -> Callable[[int], AbstractContextManager[CaptureQueriesContext]]:
    """At most so many statements, counted without transaction control (performance.md 5)."""

    @contextmanager
    def at_most(limit: int) -> Iterator[CaptureQueriesContext]:
        with CaptureQueriesContext(connection) as captured:
            yield captured
        control = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT", "ROLLBACK", "SET ")
        sql = [q["sql"] for q in captured.captured_queries if not q["sql"].startswith(control)]
        assert len(sql) <= limit, f"{len(sql)} statements:\n" + "\n".join(sql)

    return at_most
