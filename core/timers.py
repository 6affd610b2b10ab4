"""Things that wait for a time: rows with a due time, acted on exactly once by a sweep."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from core.models import TimedAction
from core.registries import Registry

BATCH = 200
MAX_ATTEMPTS = 5
MAX_ERROR = 2_000
KEPT_FOR = timedelta(days=30)
BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
)
State = TimedAction.State

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class TimerKind:
    """What is done when the time has come.

    `act` runs in the transaction that ends the row, so it only writes rows. It looks again at what
    it is about, for that may have changed since. `lock` takes the row that callers of `schedule`
    hold before they write the timer: the same order on both sides, hence no deadlock.
    """

    label: Any
    act: Callable[[TimedAction, datetime], None]
    lock: Callable[[TimedAction], object] | None = None


timer_kinds: Registry[TimerKind] = Registry("timer_kinds")


@transaction.atomic
def schedule(
    kind: str, key: str, *, due_at: datetime, payload: dict[str, Any] | None = None
) -> TimedAction:
    """Let `kind` act for `key` at `due_at`; a time given before is replaced, an ended row rearmed.

    Raises KeyError when nobody registered `kind`.
    """
    _known = timer_kinds[kind]
    facts = {
        "due_at": due_at,
        "payload": payload or {},
        "state": State.PENDING,
        "attempts": 0,
        "last_error": "",
        "ended_at": None,
    }
    row, _is_new = TimedAction.objects.update_or_create(kind=kind, key=key, defaults=facts)
    return row


def cancel(kind: str, key: str) -> bool:
    """Call off what waits; False when nothing does."""
    waiting = TimedAction.objects.filter(kind=kind, key=key, state=State.PENDING)
    return bool(waiting.delete()[0])


def act_on_due(now: datetime) -> int:
    """Act on up to BATCH rows whose time has come, the longest overdue first; returns how many."""
    due = TimedAction.objects.filter(state=State.PENDING, due_at__lte=now)
    rows = list(due.order_by("due_at", "pk")[:BATCH])
    return sum(_end(row, now) for row in rows)


def forget_old(now: datetime) -> int:
    """Drop rows that ended long ago; failed ones stay until somebody has looked."""
    old = TimedAction.objects.filter(ended_at__lt=now - KEPT_FOR).exclude(state=State.FAILED)
    return old.delete()[0]


@transaction.atomic
def _end(row: TimedAction, now: datetime) -> int:
    """Claim one row and act, in one transaction: a crash undoes both, a success keeps both."""
    try:
        with transaction.atomic():
            return _act(row, now)
    except Exception as failure:
        # An action is the code of any app: what it raises is undone and stands on its row.
        logger.exception("timed action %s failed", row)
        _put_off(row, f"{type(failure).__name__}: {failure}"[:MAX_ERROR], now)
        return 0


def _act(row: TimedAction, now: datetime) -> int:
    kind = timer_kinds[row.kind]
    if kind.lock is not None:
        kind.lock(row)
    due = TimedAction.objects.filter(pk=row.pk, state=State.PENDING, due_at__lte=now)
    claimed = due.select_for_update(skip_locked=True).first()
    if claimed is None:
        return 0
    # Ended before it acts, so that an act which schedules itself again has the last word.
    due.update(state=State.DONE, ended_at=now, last_error="")
    kind.act(claimed, now)
    return 1


def _put_off(row: TimedAction, error: str, now: datetime) -> None:
    """Try again later, five times in all."""
    waiting = TimedAction.objects.filter(pk=row.pk, state=State.PENDING)
    if row.attempts + 1 >= MAX_ATTEMPTS:
        waiting.update(
            state=State.FAILED, attempts=F("attempts") + 1, last_error=error, ended_at=now
        )
        return
    due_at = now + BACKOFF[min(row.attempts, len(BACKOFF) - 1)]
    waiting.update(due_at=due_at, attempts=F("attempts") + 1, last_error=error)
