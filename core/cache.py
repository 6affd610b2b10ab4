"""A Redis cache that gives up after 0.3 s and then behaves as if it were empty (D-14, D-15)."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from core.metrics import cache_failures

T = TypeVar("T")

PATIENCE_SECONDS = 0.3
REST_SECONDS = 5.0
MAX_OWED = 10_000

logger = logging.getLogger(__name__)


class OneClient(RedisCacheClient):
    """Django's makes a client for each question; one serves all threads, its pool is shared."""

    def __init__(self, servers: list[str], **options: Any) -> None:
        super().__init__(servers, **options)
        self._clients: dict[bool, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        client = self._clients.get(write)
        if client is None:
            client = self._clients[write] = super().get_client(key, write=write)
        return client


class PatientCache(RedisCache):
    """After a failure Redis is left alone for five seconds.

    Writes that did not reach it are owed: their keys are deleted before it is asked again, else
    a session that ended meanwhile would come back to life with it.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        patience = {
            "socket_timeout": PATIENCE_SECONDS,
            "socket_connect_timeout": PATIENCE_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
        params = {**params, "OPTIONS": {**patience, **params.get("OPTIONS", {})}}
        super().__init__(server, params)
        self._class = OneClient
        self._state = _state_of(server)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._asked(
            lambda: super(PatientCache, self).get(key, default, version), otherwise=default
        )

    def get_many(self, keys: Any, version: int | None = None) -> dict[str, Any]:
        wanted = list(keys)
        return self._asked(
            lambda: super(PatientCache, self).get_many(wanted, version), otherwise={}
        )

    def has_key(self, key: str, version: int | None = None) -> bool:
        return self._asked(lambda: super(PatientCache, self).has_key(key, version), otherwise=False)

    def set(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> None:
        self._told(
            [key], version, lambda: super(PatientCache, self).set(key, value, timeout, version)
        )

    def set_many(
        self, data: dict[str, Any], timeout: Any = 300, version: int | None = None
    ) -> list[str]:
        self._told(
            list(data), version, lambda: super(PatientCache, self).set_many(data, timeout, version)
        )
        return []

    def add(self, key: str, value: Any, timeout: Any = 300, version: int | None = None) -> bool:
        return self._asked(
            lambda: super(PatientCache, self).add(key, value, timeout, version), otherwise=True
        )

    def touch(self, key: str, timeout: Any = 300, version: int | None = None) -> bool:
        return self._asked(
            lambda: super(PatientCache, self).touch(key, timeout, version), otherwise=False
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        return self._told([key], version, lambda: super(PatientCache, self).delete(key, version))

    def delete_many(self, keys: Any, version: int | None = None) -> None:
        gone = list(keys)
        self._told(gone, version, lambda: super(PatientCache, self).delete_many(gone, version))

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        found = self._asked(
            lambda: super(PatientCache, self).incr(key, delta, version), otherwise=None
        )
        if found is None:
            raise ValueError(f"Key '{key}' not found")
        return int(found)

    def clear(self) -> None:
        self._asked(super().clear, otherwise=None)

    def is_resting(self) -> bool:
        """Whether Redis failed a moment ago and is left alone."""
        return time.monotonic() < self._state.rests_until

    def _asked(self, question: Callable[[], T], *, otherwise: T) -> T:
        if self.is_resting():
            cache_failures.inc()
            return otherwise
        try:
            self._settle_debts()
            return question()
        except (RedisError, OSError) as failure:
            self._rest(failure)
            return otherwise

    def _told(self, keys: list[str], version: int | None, order: Callable[[], Any]) -> bool:
        missed = object()
        if self._asked(order, otherwise=missed) is missed:
            self._state.owe(self.make_and_validate_key(key, version=version) for key in keys)
            return False
        return True

    def _rest(self, failure: Exception) -> None:
        cache_failures.inc()
        self._state.rests_until = time.monotonic() + REST_SECONDS
        logger.warning("cache rests for %s s: %s", REST_SECONDS, failure)

    def _settle_debts(self) -> None:
        owed = self._state.take()
        if owed is None:
            return
        try:
            client = self._cache.get_client(None, write=True)
            if len(owed) > MAX_OWED:
                owed = set(client.scan_iter(match=f"{self.key_prefix}:*", count=1000))
            if owed:
                client.delete(*owed)
        except (RedisError, OSError):
            self._state.owe(owed)
            raise


class _State:
    """What the threads of a process know together about one Redis."""

    def __init__(self) -> None:
        self.rests_until = 0.0
        self._owed: set[Any] = set()
        self._lock = threading.Lock()

    def owe(self, keys: Any) -> None:
        with self._lock:
            if len(self._owed) <= MAX_OWED:
                self._owed.update(keys)

    def take(self) -> set[Any] | None:
        if not self._owed:
            return None
        with self._lock:
            owed, self._owed = self._owed, set()
        return owed


_states: dict[str, _State] = {}


def _state_of(server: str) -> _State:
    return _states.setdefault(server, _State())
