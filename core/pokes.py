"""Wake-ups for workers after a commit; losing one costs a sweep's delay and nothing else."""

from __future__ import annotations

import logging
import os
import time
from functools import lru_cache

from celery import current_app
from django.db import transaction
from kombu import Connection

from core.metrics import pokes_failed

PATIENCE_SECONDS = 0.3
BREAK_SECONDS = 30.0

logger = logging.getLogger(__name__)
_closed_until = 0.0


def poke(task_name: str, *args: object) -> None:
    """Start the named task once the transaction is committed; ids only (X-49)."""
    transaction.on_commit(lambda: send(task_name, *args), robust=True)


def send(task_name: str, *args: object, expires: float | None = None) -> bool:
    """Start the named task now; False when the broker did not answer in time.

    After a failure nobody waits for the broker again for 30 s: the sweeps do the work meanwhile.
    """
    global _closed_until  # noqa: PLW0603 - the breaker is one per process
    if time.monotonic() < _closed_until:
        pokes_failed.inc()
        return False
    try:
        current_app.send_task(
            task_name,
            args=args,
            connection=_connection(os.getpid()),
            retry=False,
            ignore_result=True,
            expires=expires,
        )
    except Exception as failure:  # noqa: BLE001 - whatever the broker does, the row is committed
        _closed_until = time.monotonic() + BREAK_SECONDS
        pokes_failed.inc()
        logger.warning("poke %s failed: %s", task_name, failure)
        return False
    return True


@lru_cache(maxsize=1)
def _connection(pid: int) -> Connection:
    """A connection of this process alone (a fork must not share a socket), with short patience."""
    patience = {
        "socket_timeout": PATIENCE_SECONDS,
        "socket_connect_timeout": PATIENCE_SECONDS,
        "max_retries": 0,
    }
    return current_app.connection_for_write(
        connect_timeout=PATIENCE_SECONDS, transport_options=patience
    )
