"""Is it up, is it ready, what does it count (trust.md 9)."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from core import health

pytestmark = pytest.mark.usefixtures("core_urls")


def test_the_process_is_up_without_any_database(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_ready_with_database_and_redis(client: Client) -> None:
    facts = {"ready": True, "database": "ok", "redis": "ok", "draining": False}
    assert client.get("/readyz").json() == facts


@pytest.mark.django_db
def test_not_ready_while_the_machine_is_about_to_stop(client: Client, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    (tmp_path / "draining").touch()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["draining"]) == (503, True)


@pytest.mark.django_db
def test_ready_without_redis_but_it_says_so(client: Client, monkeypatch) -> None:
    monkeypatch.setattr("core.health.cache", type("Away", (), {"set": id_, "get": none})())
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["redis"]) == (200, "degraded")


@pytest.mark.django_db
def test_not_ready_while_migrations_are_missing(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'core'")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "migrations are missing")


@pytest.mark.django_db
def test_not_ready_without_a_database(client: Client, monkeypatch) -> None:
    monkeypatch.setattr(health, "MigrationExecutor", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "away")


@pytest.mark.django_db
def test_numbers_are_for_this_machine(client: Client) -> None:
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert "helpdesk_pokes_failed_total" in answer.text
    assert 'helpdesk_health{check="core.database"} 1.0' in answer.text
    assert client.get("/metrics", REMOTE_ADDR="9.9.9.9").status_code == 404


@pytest.mark.django_db
def test_a_token_opens_them_to_others_and_closes_them_to_the_rest(client: Client, settings) -> None:
    settings.METRICS_TOKEN = "let me in"
    right, wrong = {"Authorization": "Bearer let me in"}, {"Authorization": "Bearer x"}
    assert client.get("/metrics", headers=right, REMOTE_ADDR="9.9.9.9").status_code == 200
    assert client.get("/metrics", headers=wrong).status_code == 404
    assert client.get("/metrics").status_code == 404


def id_(*_args: object) -> None:
    return None


def none(*_args: object) -> None:
    return None


def away(*_args: object) -> None:
    from django.db import OperationalError  # noqa: PLC0415 - raised by this stand-in only

    raise OperationalError("connection refused")
