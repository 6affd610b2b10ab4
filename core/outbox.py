"""Life of an outgoing row: claimed with a lease, sent, retried, given up, redriven (trust.md 5)."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from core import audit
from core.models import Delivery

D = TypeVar("D", bound=Delivery)

BACKOFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
)
SPREAD = 0.2
GIVE_UP_AFTER = timedelta(days=5)
MAX_CRASHES = 8
MAX_ERROR = 2_000
REDRIVABLE = frozenset(["failed", "dead", "needs_review", "kept", "uncertain", "cancelled"])


class NotRedrivable(ValueError):
    """The row is on its way or has arrived; sending it again would double it."""


@transaction.atomic
def claim(
    model: type[D],
    *,
    now: datetime,
    limit: int,
    lease: timedelta,
    among: Q | None = None,
) -> list[D]:
    """Take up to `limit` due rows for this worker until `now + lease`; others skip them.

    `among` narrows them down, say to rows whose turn it is.

    A row whose lease ran out was left by a crash: after eight of them it is set aside as dead,
    so that a poison row never blocks the queue.
    """
    due: QuerySet[Any] = model._default_manager.filter(Delivery.due_condition(now), among or Q())
    rows: list[D] = list(
        due.select_for_update(skip_locked=True, of=("self",)).order_by("due_at", "pk")[:limit]
    )
    claimed: list[D] = []
    for row in rows:
        row.crashes += row.state == Delivery.State.SENDING
        if row.crashes >= MAX_CRASHES:
            row.state, row.lease_until = Delivery.State.DEAD, None
            row.last_error = row.last_error or "The worker crashed each time."
        else:
            row.state, row.lease_until = Delivery.State.SENDING, now + lease
            row.attempts += 1
            claimed.append(row)
    model._default_manager.bulk_update(
        rows, ["state", "lease_until", "attempts", "crashes", "last_error"]
    )
    return claimed


def settle_sent(row: Delivery, *, now: datetime) -> None:
    """The other side took it."""
    _settle(row, state=Delivery.State.SENT, sent_at=now, lease_until=None, last_error="")


def settle_kept(row: Delivery, *, now: datetime) -> None:
    """Nobody is configured to take it: the row waits for a person."""
    _settle(row, state=Delivery.State.KEPT, lease_until=None, last_error="")


def settle_uncertain(row: Delivery, *, error: str, now: datetime) -> None:
    """It may have arrived, and the other side cannot tell doubles apart: a person decides."""
    _settle(row, state=Delivery.State.UNCERTAIN, lease_until=None, last_error=_short(error))


def settle_failed(row: Delivery, *, error: str, now: datetime) -> None:
    """The other side refused it for good."""
    _settle(row, state=Delivery.State.FAILED, lease_until=None, last_error=_short(error))


def settle_retry(
    row: Delivery, *, error: str, now: datetime, pause: timedelta = timedelta(0)
) -> None:
    """It did not work this time: due again later, and failed after five days.

    `pause` is what the other side asks for at least (Retry-After).
    """
    if row.is_expired(now, after=GIVE_UP_AFTER):
        settle_failed(row, error=error, now=now)
        return
    _settle(
        row,
        state=Delivery.State.PENDING,
        due_at=now + max(backoff(row.attempts), pause),
        lease_until=None,
        last_error=_short(error),
    )


def backoff(attempts: int) -> timedelta:
    """How long to wait after the given number of attempts, spread so that rows do not march."""
    step = BACKOFF[min(max(attempts, 1), len(BACKOFF)) - 1]
    return step * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311 - spreads load, guards nothing


@transaction.atomic
def redrive(row: D, *, actor: Any, now: datetime) -> D:
    """Send a row again that was given up. Raises NotRedrivable otherwise. Audited."""
    locked: D = _rows_of(row).select_for_update(of=("self",)).get(pk=row.pk)
    if locked.state not in REDRIVABLE:
        raise NotRedrivable(locked.state)
    before = locked.state
    # The five days of trying begin anew, else an old row would be given up at its first failure.
    changes = {
        "state": Delivery.State.PENDING,
        "due_at": now,
        "created_at": now,
        "attempts": 0,
        "crashes": 0,
        "lease_until": None,
    }
    _settle(locked, **changes)
    audit.record(
        "delivery_redriven",
        locked,
        actor=actor,
        before={"state": before},
        after={"state": "pending"},
        now=now,
    )
    return locked


@transaction.atomic
def cancel(row: D, *, reason: str, now: datetime) -> bool:
    """Withdraw a row nobody has begun to send; False when it is too late."""
    changed = (
        _rows_of(row)
        .filter(pk=row.pk, state=Delivery.State.PENDING)
        .update(state=Delivery.State.CANCELLED, last_error=_short(reason))
    )
    row.refresh_from_db()
    return bool(changed)


def _settle(row: Delivery, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(row, name, value)
    _rows_of(row).filter(pk=row.pk).update(**changes)


def _short(error: str) -> str:
    return error.replace("\x00", "")[:MAX_ERROR]


def _rows_of(row: Delivery) -> QuerySet[Any]:
    return type(row)._default_manager.all()
