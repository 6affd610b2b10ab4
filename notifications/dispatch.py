"""The post office at work: due rows are folded, claimed, sent and settled."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.actions import note_sms_opt_out
from core import clock, outbox
from notifications.calls import Outcome
from notifications.folding import fold_due
from notifications.gateway import LEASE, deliver
from notifications.kinds import MAIL
from notifications.mailing import hand_over
from notifications.models import NoticeDelivery

BATCH = 100

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def send_due(*, limit: int = BATCH, now: Clock = clock.now) -> int:
    """Send what is due; returns how many rows were taken up. Two of these at once are harmless.

    A service that can't be reached is asked once in a run; its other rows stay as they are.
    """
    fold_due(now())
    unreachable: set[int] = set()
    done = 0
    while done < limit and (row := claim_next(now=now(), but=unreachable)) is not None:
        if not _deliver(row, now):
            unreachable.add(row.endpoint_id or 0)
        done += 1
    return done


def send_one(row: NoticeDelivery, *, now: Clock = clock.now) -> NoticeDelivery:
    """Send this row now, unless a worker has it already; returns it as it stands then."""
    for claimed in outbox.claim(
        NoticeDelivery, now=now(), limit=1, lease=LEASE, among=Q(pk=row.pk)
    ):
        _deliver(claimed, now)
    row.refresh_from_db()
    return row


def claim_next(*, now: datetime, but: Collection[int] = ()) -> NoticeDelivery | None:
    """The next row for this worker, committed as `sending` before anything leaves.

    Urgent rows go first, so that a page does not wait behind a storm.
    """
    among = Q(endpoint=None) | ~Q(endpoint__in=but)
    for first in (Q(is_urgent=True), Q()):
        rows = outbox.claim(NoticeDelivery, now=now, limit=1, lease=LEASE, among=among & first)
        if rows:
            return rows[0]
    return None


def _deliver(row: NoticeDelivery, now: Clock) -> bool:
    """Send one row; whether its service could be reached. A fault stays with the row."""
    if row.user is not None and not row.user.is_staff:
        outbox.settle_failed(row, error=_("This person is no longer active."), now=now())
        return True
    try:
        if row.channel == MAIL:
            hand_over(row, now=now())
            return True
        outcome = deliver(row, now=now())
    except Exception as failure:
        # One notice that can't be written must not hold up those behind it (trust.md 4.5).
        logger.exception("notice %s can't be sent", row.pk)
        outbox.settle_retry(row, error=repr(failure), now=now())
        return True
    _settle(row, outcome, now())
    return not outcome.is_unreachable


def _settle(row: NoticeDelivery, outcome: Outcome, now: datetime) -> None:
    if outcome.is_opt_out and row.user is not None:
        note_sms_opt_out(row.user, now=now)
    if outcome.state == "sent":
        NoticeDelivery.objects.filter(pk=row.pk).update(reference=outcome.reference)
        outbox.settle_sent(row, now=now)
    elif outcome.state == "failed":
        outbox.settle_failed(row, error=outcome.words, now=now)
    else:
        outbox.settle_retry(row, error=outcome.words, pause=outcome.pause, now=now)
