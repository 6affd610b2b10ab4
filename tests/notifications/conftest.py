"""A kind of notice to tell, a service that listens, and endpoints that lead to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import User
from core import http
from notifications import gateway
from notifications.kinds import NoticeKind, notice_kinds
from notifications.models import Endpoint
from notifications.notices import Notice
from notifications.providers import pagerduty, slack, twilio
from tests.notifications.provider import Service, ServiceServer

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)  # a Tuesday
ACCOUNT = "AC" + "0" * 32
TOKEN = "a-very-secret-token-9876"
LUNCH = notice_kinds.register("lunch", NoticeKind("lunch", "Lunch", ("mail",), "House"))


@pytest.fixture(autouse=True)
def house_outbox(settings: Any) -> None:
    """Mail goes where it goes in the house; pytest-django would keep it in memory."""
    settings.EMAIL_BACKEND = "mailpipe.backend.OutboxBackend"


@pytest.fixture
def lunch() -> Notice:
    """News by mail, unless somebody chose otherwise."""
    return Notice(
        kind="lunch",
        title="Soup is ready",
        body="Lentils <today>.",
        url="/admin/soup",
        about="soup:1",
    )


@pytest.fixture(scope="session")
def server() -> Iterator[ServiceServer]:
    running = ServiceServer()
    yield running
    running.shutdown()


@pytest.fixture
def service(server: ServiceServer, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Service:
    """Slack, Twilio and PagerDuty, all played by one server with half a second of patience."""
    found = server.service
    found.taken.clear()
    found.answers.clear()
    settings.HTTP_ALLOW = [found.url.removeprefix("http://")]
    monkeypatch.setattr(slack, "API", f"{found.url}/slack")
    monkeypatch.setattr(twilio, "API", f"{found.url}/twilio")
    monkeypatch.setattr(pagerduty, "ADDRESSES", {"us": f"{found.url}/pagerduty"})
    monkeypatch.setattr(gateway, "fetch", lambda *a, **k: http.fetch(*a, **k, timeout=0.5))
    return found


@pytest.fixture
def make_endpoint(db: None) -> Callable[..., Endpoint]:
    """An endpoint of a kind, with settings and secrets."""

    def made(kind: str, *, secrets: dict[str, str] | None = None, **settings: str) -> Endpoint:
        row = Endpoint(kind=kind, name=f"Our {kind}", slug=kind, created_at=NOON)
        row.settings = settings
        row.seal_secrets(secrets or {})
        row.save()
        return row

    return made


@pytest.fixture
def texting(make_endpoint: Callable[..., Endpoint]) -> Endpoint:
    """A Twilio account."""
    return make_endpoint("sms", secrets={"token": TOKEN}, account=ACCOUNT, sender="+15005550006")


@pytest.fixture
def bot(make_endpoint: Callable[..., Endpoint]) -> Endpoint:
    """A Slack bot."""
    return make_endpoint("slack", secrets={"token": TOKEN}, channel="#house", speaks_as="bot")


@pytest.fixture
def webhook(make_endpoint: Callable[..., Endpoint], service: Service) -> Endpoint:
    """An address that wants signed JSON."""
    return make_endpoint("webhook", secrets={"key": "k" * 20}, url=f"{service.url}/hook")


@pytest.fixture
def ada_with_phone(ada: User) -> User:
    """Ada, whom text messages reach."""
    User.objects.filter(pk=ada.pk).update(phone="+4915112345678")
    ada.refresh_from_db()
    return ada
