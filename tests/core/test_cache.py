"""The cache never makes anybody wait, and forgets rather than lies (D-14, D-15)."""

from __future__ import annotations

import time

import pytest

from core import cache as patient
from core.cache import PatientCache
from tests.core.redis_process import PrivateRedis


@pytest.fixture
def cache(own_redis: PrivateRedis) -> PatientCache:
    return PatientCache(own_redis.url, {"KEY_PREFIX": "t"})


def wake(cache: PatientCache) -> None:
    """Let the five seconds of rest be over."""
    cache._state.rests_until = 0.0


def test_it_is_an_ordinary_cache_while_redis_answers(cache: PatientCache) -> None:
    cache.set("a", 1)
    cache.set_many({"b": 2, "c": 3})
    assert cache.get_many(["a", "b", "x"]) == {"a": 1, "b": 2}
    assert cache.incr("a", 4) == 5
    assert cache.add("a", 9) is False
    assert cache.has_key("c")
    assert cache.touch("c", 60)
    assert cache.delete("a")
    cache.delete_many(["b", "c"])
    assert cache.get("b", "gone") == "gone"


def test_a_killed_redis_is_an_empty_cache(cache: PatientCache, own_redis: PrivateRedis) -> None:
    cache.set("a", 1)
    own_redis.kill()
    assert cache.get("a", "nothing") == "nothing"
    assert cache.get_many(["a"]) == {}
    assert cache.add("a", 1) is True
    assert not cache.has_key("a")
    cache.set("a", 2)
    cache.clear()
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_a_frozen_redis_costs_a_third_of_a_second_once(
    cache: PatientCache, own_redis: PrivateRedis
) -> None:
    cache.set("a", 1)
    own_redis.stop()
    began = time.monotonic()
    assert cache.get("a") is None
    first = time.monotonic() - began
    for _call in range(100):
        assert cache.get("a") is None
    assert first < 3 * patient.PATIENCE_SECONDS
    # A hundred questions together take less than waiting once more would.
    assert time.monotonic() - began - first < patient.PATIENCE_SECONDS


def test_after_its_rest_it_is_used_again(cache: PatientCache, own_redis: PrivateRedis) -> None:
    own_redis.kill()
    assert cache.get("a") is None
    assert cache.is_resting()
    own_redis.start()
    wake(cache)
    cache.set("a", 1)
    assert cache.get("a") == 1


@pytest.mark.parametrize("write", ["delete", "set", "delete_many"])
def test_what_changed_meanwhile_does_not_come_back_to_life(
    cache: PatientCache, own_redis: PrivateRedis, write: str
) -> None:
    cache.set("session", "signed in")
    own_redis.stop()
    arguments = {"delete": ("session",), "set": ("session", "new"), "delete_many": (["session"],)}
    getattr(cache, write)(*arguments[write])
    own_redis.go_on()
    wake(cache)
    assert cache.get("session") is None


def test_too_many_debts_are_paid_by_forgetting_everything(
    cache: PatientCache, own_redis: PrivateRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patient, "MAX_OWED", 2)
    cache.set_many({"a": 1, "b": 2, "untouched": 3})
    own_redis.stop()
    for key in "abcdef":
        cache.delete(key)
    own_redis.go_on()
    wake(cache)
    assert cache.get_many(["a", "b", "untouched"]) == {}
