"""Runs the registered sweeps: each finds what is due and does it (ARCHITECTURE 3)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import Error, close_old_connections, transaction
from django.db.models import Q

from core import clock
from core.metrics import sweep_failures
from core.models import SweepRun
from core.registries import sweeps

# Shorter than a lease, so that the work of a killed worker is taken up within a minute (D-13).
BUSY = timedelta(seconds=30)
MAX_ERROR = 500

logger = logging.getLogger(__name__)
Sweep = Callable[[datetime], int]


def run(key: str, *, now: datetime) -> int:
    """Run one sweep; what it raises is logged, counted and shown, and stops no other sweep."""
    try:
        return sweeps[key](now)
    except Exception as failure:
        # A sweep is the code of any app: what it raises must not keep the others from their rows.
        sweep_failures.labels(key).inc()
        logger.exception("sweep %s failed", key)
        _note(key, last_error=f"{type(failure).__name__}: {failure}"[:MAX_ERROR])
        return 0


def run_all(*, now: datetime, only: str = "") -> dict[str, int]:
    """Run every sweep, lowest floor first, or only one; returns what each has done."""
    keys = [key for key, _sweep in sweeps if not only or key == only]
    return {key: run(key, now=now) for key in keys}


def run_alone(key: str, *, now: datetime) -> int:
    """Run one sweep unless another runner is at it; a slow one must not fill all workers."""
    close_old_connections()
    if not _taken(key, now):
        return 0
    _note(key, last_error="")
    done = run(key, now=now)
    _note(key, ended_at=clock.now(), busy_until=None, done=done)
    return done


def seldom(key: str, *, every: timedelta) -> Callable[[Sweep], Sweep]:
    """Let a sweep work only when `every` has passed since it last did, whoever runs it."""

    def decorate(sweep: Sweep) -> Sweep:
        def now_and_then(now: datetime) -> int:
            with transaction.atomic():
                SweepRun.objects.get_or_create(key=f"{key}.seldom")
                is_due = Q(began_at=None) | Q(began_at__lte=now - every)
                row = SweepRun.objects.filter(is_due, key=f"{key}.seldom")
                if not row.update(began_at=now):
                    return 0
            return sweep(now)

        return now_and_then

    return decorate


def _taken(key: str, now: datetime) -> bool:
    SweepRun.objects.get_or_create(key=key)
    is_free = Q(busy_until=None) | Q(busy_until__lte=now) | Q(busy_until__gt=now + BUSY)
    return bool(
        SweepRun.objects.filter(is_free, key=key).update(began_at=now, busy_until=now + BUSY)
    )


def _note(key: str, **changes: object) -> None:
    try:
        SweepRun.objects.filter(key=key).update(**changes)
    except Error:
        logger.warning("sweep %s could not be noted", key)
