"""The outbox at work: due rows are claimed, composed, handed to the mail server, and settled."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from core import clock, outbox
from core.files import FileMissing
from core.models.delivery import UNSENT
from core.sealing import CannotUnseal
from mailpipe.addresses import UnsafeAddress, ascii_form
from mailpipe.composition import compose
from mailpipe.gateway import Envelope, Result, Session, Unreachable, open_session
from mailpipe.mime import build, speaks_utf8
from mailpipe.models import OutgoingMail
from mailpipe.settling import (
    settle_abandoned,
    settle_kept,
    settle_refused,
    settle_results,
    settle_unreached,
)
from tickets.actions.posting import LEAVING_KINDS
from tickets.models import Message

LEASE = timedelta(seconds=60)
BATCH = 100
# An answer waits for the one before it on the same ticket, but not for ever (D-09).
TURN_WAIT = timedelta(hours=1)
CIRCUIT_SECONDS = 30


class MustStay(Exception):
    """The row carries what must stay in the house."""


CANNOT_LEAVE = (MustStay, UnsafeAddress, FileMissing, CannotUnseal)

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]


def send_due(*, limit: int = BATCH, now: Clock = clock.now) -> int:
    """Send what is due; returns how many rows were settled. Two of these at once are harmless.

    Without a mail server rows become `kept`; with one that can't be reached they stay as they are.
    """
    settle_abandoned(now=now())
    smtp = settings.SMTP
    if smtp is None:
        return _keep_due(limit, now)
    circuit = f"smtp-circuit:{smtp.get('EMAIL_HOST')}:{smtp.get('EMAIL_PORT')}"
    if cache.get(circuit) or not _due(now()).exists():
        return 0
    try:
        return _send_in_sessions(smtp, limit, now)
    except Unreachable as failure:
        cache.set(circuit, 1, CIRCUIT_SECONDS)
        settle_unreached(_due(now()), error=str(failure), now=now())
        logger.warning("mail server unreachable: %s", failure)
        return 0


def claim_next(*, now: datetime) -> OutgoingMail | None:
    """The next row for this worker, committed as `sending` before anything leaves."""
    rows = outbox.claim(OutgoingMail, now=now, limit=1, lease=LEASE, among=_turn(now))
    return rows[0] if rows else None


def _send_in_sessions(smtp: dict[str, Any], limit: int, now: Clock) -> int:
    """One connection for the batch, renewed when it breaks. Raises Unreachable."""
    done, session = 0, open_session(smtp)
    try:
        while done < limit:
            if session.is_broken:
                session.close()
                session = open_session(smtp)
            row = claim_next(now=now())
            if row is None:
                break
            _deliver(row, session, now)
            done += 1
    finally:
        session.close()
    return done


def _deliver(row: OutgoingMail, session: Session, now: Clock) -> None:
    """Send one row to those recipients nobody answered for yet; a fault stays with the row."""
    try:
        envelope = _envelope(row, now())
    except CANNOT_LEAVE as refusal:
        settle_refused(row, error=f"{type(refusal).__name__}: {refusal}", now=now())
        return
    except Exception as failure:
        # One mail that can't be written must not hold up those behind it (trust.md 4.5).
        logger.exception("outgoing mail %s can't be composed", row.pk)
        outbox.settle_retry(row, error=repr(failure), now=now())
        return
    results = session.send(envelope) if envelope.recipients else {}
    settle_results(row, results=_by_recipient(row, results), now=now())


def _envelope(row: OutgoingMail, now: datetime) -> Envelope:
    if row.message is not None and not _may_leave(row.message):
        raise MustStay(str(row.message))
    compose(row, now=now)
    return Envelope(
        sender=row.envelope_sender,
        recipients=[ascii_form(email) for email in row.outstanding()],
        content=build(row, now=now),
        is_utf8=speaks_utf8(row),
    )


def _may_leave(message: Message) -> bool:
    """The last gate: whatever put it here, a note or a withdrawn reply doesn't leave (X-37)."""
    return message.kind in LEAVING_KINDS and not message.is_held


def _by_recipient(row: OutgoingMail, results: dict[str, Result]) -> dict[str, Result]:
    return {email: results[ascii_form(email)] for email in row.outstanding() if results}


def _keep_due(limit: int, now: Clock) -> int:
    """Nobody to send to: compose, so that the outbox page can show the mail, and keep."""
    done = 0
    while done < limit and (row := claim_next(now=now())) is not None:
        _keep(row, now())
        done += 1
    return done


def _keep(row: OutgoingMail, now: datetime) -> None:
    with transaction.atomic():
        compose(row, now=now)
        settle_kept(row, now=now)


def _due(now: datetime) -> QuerySet[OutgoingMail]:
    return OutgoingMail.objects.filter(OutgoingMail.due_condition(now))


def _turn(now: datetime) -> Q:
    """Rows that no earlier unsent mail of their ticket goes before."""
    earlier = OutgoingMail.objects.filter(
        ticket=OuterRef("ticket"),
        pk__lt=OuterRef("pk"),
        state__in=UNSENT,
        created_at__gt=now - TURN_WAIT,
    )
    return ~Q(Exists(earlier))
