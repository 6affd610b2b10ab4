"""Pokes reach our broker from every thread, and tasks are JSON (X-49)."""

from concurrent.futures import ThreadPoolExecutor

from celery import current_app
from django.conf import settings

from helpdesk.environment import broker_url


def test_every_thread_has_our_celery_app() -> None:
    with ThreadPoolExecutor(max_workers=1) as threads:
        main, broker = threads.submit(
            lambda: (current_app.main, current_app.conf.broker_url)
        ).result()
    assert main == "helpdesk"
    assert broker == settings.CELERY_BROKER_URL


def test_celery_accepts_json_only() -> None:
    assert current_app.conf.accept_content == ["json"]
    assert current_app.conf.task_serializer == "json"


def test_redis_behind_a_socket_is_spelt_as_celery_wants_it() -> None:
    assert broker_url("unix:///run/v.sock?db=3") == "redis+socket:///run/v.sock?virtual_host=3"
    assert broker_url("redis://valkey:6379/0") == "redis://valkey:6379/0"
