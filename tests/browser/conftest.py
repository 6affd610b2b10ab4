"""Real Chromium on the real pages: visits as anybody, whatever goes wrong on the way written down."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import Page, sync_playwright

from accounts.models import User
from bin.tools import CHROMIUM
from tests.browser.chromium import Chromium

# Playwright's own event loop makes Django think it is asked from async code; it is not.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

HERE = Path(__file__).parent
HEIGHT = 900

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium(django_db_setup: None, django_db_blocker: Any) -> Iterator[Chromium]:
    program = CHROMIUM.find()
    if program is None:
        pytest.fail(f"Chromium is missing: apt-get install {' '.join(CHROMIUM.packages)}")
    shipped = getattr(connection, "_test_serialized_contents", "[]")
    with sync_playwright() as playwright:
        # Playwright keeps an event loop running in this thread, and to such a thread Django gives
        # connections of its own: they must know the shipped rows, and be closed at the end.
        connection._test_serialized_contents = shipped
        browser = Chromium(playwright, program)
        yield browser
        browser.close()
        with django_db_blocker.unblock():
            connections.close_all()


@pytest.fixture
def troubles() -> list[str]:
    """Console errors, page errors and CSP violations of every visit; empty at the end."""
    return []


@pytest.fixture
def visit(
    chromium: Chromium, live_server: Any, django_db_serialized_rollback: None, troubles: list[str]
) -> Iterator[Visit]:
    """`visit("/admin", user=ada, width=390)`: a page in a browser of its own."""
    contexts = []

    def open_page(
        path: str, *, user: User | None = None, width: int = 1280, **options: Any
    ) -> Page:
        context = chromium.new_context(
            base_url=live_server.url, viewport={"width": width, "height": HEIGHT}, **options
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([{**_session(user), "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda line: _note(troubles, line.type, line.text))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(path, wait_until="load")
        return page

    yield open_page
    for context in contexts:
        chromium.close_context(context)
    _await_the_last_answers()


@pytest.fixture
def untroubled(troubles: list[str]) -> Iterator[None]:
    """The visits of this test leave nothing on the console."""
    yield
    assert troubles == []


def _await_the_last_answers() -> None:
    """Pages that are gone may have asked: an answer on its way remembers what the next test changes.

    Watched, not joined: one that is just about to begin can't be joined yet.
    """
    patience = time.monotonic() + 5
    while time.monotonic() < patience and any(map(_answers, threading.enumerate())):
        time.sleep(0.01)


def _answers(thread: threading.Thread) -> bool:
    return "process_request_thread" in thread.name


def _session(user: User) -> dict[str, str]:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value}


def _note(troubles: list[str], kind: str, text: str) -> None:
    if kind == "error":
        troubles.append(text)
