"""Wake-ups after the commit; a dead broker is a shrug (D-02)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
import redis
from celery import current_app
from django.db import transaction

from core import pokes
from core.metrics import pokes_failed
from helpdesk.environment import broker_url
from tests.core.redis_process import PrivateRedis


@pytest.fixture(autouse=True)
def closed_breaker() -> Iterator[None]:
    pokes._closed_until = 0.0
    pokes._connection.cache_clear()
    yield
    pokes._closed_until = 0.0
    pokes._connection.cache_clear()


@pytest.fixture
def broker(own_redis: PrivateRedis, monkeypatch: pytest.MonkeyPatch) -> PrivateRedis:
    monkeypatch.setattr(current_app.conf, "broker_write_url", broker_url(own_redis.url))
    return own_redis


def queued(server: PrivateRedis) -> list[dict]:
    client = redis.Redis(unix_socket_path=str(server.socket))
    return [json.loads(row) for row in client.lrange("celery", 0, -1)]


def test_a_poke_reaches_the_broker(broker: PrivateRedis) -> None:
    assert pokes.send("core.run_job", 7)
    (message,) = queued(broker)
    assert message["headers"]["task"] == "core.run_job"
    assert message["headers"]["argsrepr"] == "(7,)"


@pytest.mark.django_db(transaction=True)
def test_nobody_is_poked_before_the_commit(broker: PrivateRedis) -> None:
    with transaction.atomic():
        pokes.poke("core.run_job", 7)
        assert queued(broker) == []
    assert len(queued(broker)) == 1


@pytest.mark.django_db(transaction=True)
def test_nobody_is_poked_after_a_rollback(broker: PrivateRedis) -> None:
    with transaction.atomic():
        pokes.poke("core.run_job", 7)
        transaction.set_rollback(True)
    assert queued(broker) == []


def test_a_dead_broker_is_counted_and_forgotten(broker: PrivateRedis) -> None:
    before = pokes_failed._value.get()
    broker.kill()
    assert not pokes.send("core.run_job", 7)
    assert pokes_failed._value.get() == before + 1


def test_a_frozen_broker_is_waited_for_once(broker: PrivateRedis) -> None:
    pokes.send("core.run_job", 1)
    broker.stop()
    began = time.monotonic()
    assert not pokes.send("core.run_job", 2)
    first = time.monotonic() - began
    for number in range(100):
        assert not pokes.send("core.run_job", number)
    assert first < 3 * pokes.PATIENCE_SECONDS
    # A hundred pokes together take less than waiting once more would.
    assert time.monotonic() - began - first < pokes.PATIENCE_SECONDS


def test_when_the_pause_is_over_the_broker_is_tried_again(broker: PrivateRedis) -> None:
    broker.kill()
    assert not pokes.send("core.run_job", 1)
    broker.start()
    assert not pokes.send("core.run_job", 2)
    pokes._closed_until = 0.0
    assert pokes.send("core.run_job", 3)


def test_tasks_are_json_and_nothing_else() -> None:
    assert list(current_app.conf.accept_content) == ["json"]
    assert current_app.conf.task_serializer == "json"
