"""The limiter counts in PostgreSQL, with or without Redis (X-22)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from core import rates
from core.models import RateWindow

NOON = datetime(2026, 5, 12, 12, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def hit(key: str = "login:ada", limit: int = 3, at: datetime = NOON) -> bool:
    return rates.hit(key, limit=limit, per=QUARTER, now=at)


@pytest.mark.django_db
def test_the_fourth_of_three_is_refused() -> None:
    assert [hit() for _attempt in range(5)] == [True, True, True, False, False]


@pytest.mark.django_db
def test_keys_do_not_know_each_other() -> None:
    assert all(hit("a") for _attempt in range(3))
    assert hit("b")


@pytest.mark.django_db
def test_the_window_before_fades_instead_of_ending() -> None:
    for _attempt in range(3):
        hit(at=NOON + timedelta(minutes=14))
    assert not hit(at=NOON + timedelta(minutes=16))
    assert hit(at=NOON + timedelta(minutes=31))


@pytest.mark.django_db
def test_success_resets() -> None:
    for _attempt in range(3):
        hit()
    rates.reset("login:ada")
    assert hit()


@pytest.mark.django_db
def test_asking_counts_nothing() -> None:
    assert not rates.is_over("login:ada", limit=1, per=QUARTER, now=NOON)
    hit()
    assert rates.is_over("login:ada", limit=1, per=QUARTER, now=NOON)
    assert RateWindow.objects.get().count == 1


@pytest.mark.django_db
def test_it_works_without_redis(settings) -> None:
    settings.CACHES = {
        "default": {"BACKEND": "core.cache.PatientCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert [hit() for _attempt in range(4)] == [True, True, True, False]


@pytest.mark.django_db
def test_a_very_long_key_is_kept_apart_from_others() -> None:
    assert hit("x" * 500, limit=1)
    assert hit("x" * 501, limit=1)
    assert not hit("x" * 500, limit=1)


@pytest.mark.django_db
def test_old_windows_go() -> None:
    hit()
    assert rates.forget_old(NOON + timedelta(days=3)) == 1


@pytest.mark.django_db(transaction=True)
def test_attempts_at_the_same_time_are_all_counted() -> None:
    def attempt(_number: int) -> bool:
        try:
            return hit(limit=10)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        allowed = list(pool.map(attempt, range(30)))
    assert sum(allowed) == 10
